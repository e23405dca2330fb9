//! Sessions and tracks, how long a disc's areas are, and where the next session lies.
//!
//! The lengths are the Orange Book's as burning programs use them and as logs of real discs show
//! them. They are nominal: pressed discs may have longer inner lead-outs (DiscImageCreator issue
//! 121 shows 3:24:40), so a reader believes the table of contents, and only a writer computes.

use serde::{Deserialize, Serialize};

use crate::address::{Lba, PREGAP_FRAMES};
use crate::toc::Control;

/// Lead-out of the first session: 1 min 30 s. A log of a two-session disc's sub-channel shows it
/// (DiscImageCreator issue 70).
pub const FIRST_LEAD_OUT_FRAMES: i32 = 6750;
/// Lead-out of every later session: 30 s.
pub const LATER_LEAD_OUT_FRAMES: i32 = 2250;
/// Lead-in of every session but the first: 1 min. The first is as long as the ATIP says.
pub const LATER_LEAD_IN_FRAMES: i32 = 4500;
/// Shortest track: 4 s.
pub const MINIMUM_TRACK_FRAMES: i32 = 300;
/// Run-out behind a track written track-at-once, unreadable, before the next area.
pub const RUN_OUT_FRAMES: i32 = 2;

/// What the disc is meant for: PSEC of point A0, byte 8 of READ DISC INFORMATION.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiscType(pub u8);

impl DiscType {
    /// CD-DA or CD-ROM.
    pub const CD_ROM: Self = Self(0x00);
    /// CD-I.
    pub const CD_I: Self = Self(0x10);
    /// CD-ROM XA.
    pub const CD_ROM_XA: Self = Self(0x20);
    /// Not settled yet, as on a blank disc.
    pub const UNDEFINED: Self = Self(0xFF);
}

/// A recorded track.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// Number, 1 to 99, counted over the whole disc.
    pub number: u8,
    /// What kind of track.
    pub control: Control,
    /// First user block (index 1).
    pub start: Lba,
    /// First block of what follows: the next track's pregap, or the lead-out. The two run-out
    /// blocks of a track written track-at-once lie before it.
    pub end: Lba,
}

/// A closed session.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Number, from 1.
    pub number: u8,
    /// Its tracks, in order.
    pub tracks: Vec<Track>,
    /// First block of the lead-out.
    pub lead_out: Lba,
    /// What the disc is meant for.
    #[serde(default)]
    pub disc_type: DiscType,
}

/// Where a session that is not there yet would lie.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NextSession {
    /// First block of its lead-in: where a raw write starts.
    pub lead_in: Lba,
    /// First block of its first pregap: where a session-at-once write starts.
    pub pregap: Lba,
    /// First block of its first track: where a track-at-once write starts.
    pub first_user: Lba,
}

/// Where the session after the `closed_sessions`th lies, whose lead-out starts at `lead_out`.
///
/// | | after session 1 | after a later one |
/// |---|---|---|
/// | lead-in | lead-out + 6750 | lead-out + 2250 |
/// | pregap | lead-out + 11250 | lead-out + 6750 |
/// | first user block | lead-out + 11400 | lead-out + 6900 |
///
/// `closed_sessions` of 0 is read as 1: a lead-out is there, so some session is.
/// ```
/// use cd_format::{Lba, session::next_session};
/// // A disc of four 302-block sessions, as cd-info lists it.
/// assert_eq!(next_session(Lba(302), 1).first_user, Lba(11_702));
/// assert_eq!(next_session(Lba(12_004), 2).first_user, Lba(18_904));
/// ```
pub fn next_session(lead_out: Lba, closed_sessions: u32) -> NextSession {
    let lead_out_frames = if closed_sessions <= 1 { FIRST_LEAD_OUT_FRAMES } else { LATER_LEAD_OUT_FRAMES };
    let lead_in = lead_out + lead_out_frames;
    let pregap = lead_in + LATER_LEAD_IN_FRAMES;
    NextSession { lead_in, pregap, first_user: pregap + PREGAP_FRAMES }
}

/// How many sessions of `frames` blocks each a blank disc holds, when every lead-out has to start
/// at `last_lead_out` or before.
///
/// The rule is that of the field's name, last possible *start* of lead-out: what follows that
/// start, the lead-out itself, has its room beyond. A burning program refuses only a lead-out
/// start that is *greater*. The shortest legal sessions ([`MINIMUM_TRACK_FRAMES`]) so number 47
/// on a disc of 74:43:00 and 50 on one of 79:59:74; cdrtools' README.multi estimates "about 44"
/// for 74 minutes.
///
/// 99 at most, since every session has a track. `frames` below the shortest track count as the
/// shortest track.
pub fn sessions_that_fit(last_lead_out: Lba, frames: u32) -> u32 {
    let frames = i64::from(frames).max(i64::from(MINIMUM_TRACK_FRAMES));
    let room = i64::from(last_lead_out.0);
    if frames > room {
        return 0;
    }
    let second = next_session(Lba(0), 1).first_user.0;
    let later = next_session(Lba(0), 2).first_user.0;
    let rest = room - frames - i64::from(second) - frames;
    if rest < 0 {
        return 1;
    }
    let count = 2 + rest / (i64::from(later) + frames);
    count.min(99) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Four data sessions of 302 blocks that xorriso wrote, as cd-info lists them (article on
    /// images of multi-session discs): starts 0, 11702, 18904, 26106, lead-out 26408.
    #[test]
    fn sessions_lie_where_a_real_disc_has_them() {
        let mut start = Lba(0);
        for (closed, next) in [(1, 11_702), (2, 18_904), (3, 26_106)] {
            start = next_session(start + 302, closed).first_user;
            assert_eq!(start, Lba(next));
        }
        assert_eq!(start + 302, Lba(26_408));
    }

    /// Where the next lead-in starts, the figure that burning programs compute the rest from.
    #[test]
    fn lead_out_and_lead_in_have_their_nominal_lengths() {
        let first = next_session(Lba(100_000), 1);
        assert_eq!((first.lead_in, first.pregap), (Lba(106_750), Lba(111_250)));
        let later = next_session(Lba(100_000), 2);
        assert_eq!(
            (later.lead_in, later.pregap, later.first_user),
            (Lba(102_250), Lba(106_750), Lba(106_900))
        );
    }

    /// The shortest sessions' lead-outs lie at 300, 12000 and every 7200 from there: 336000 is the
    /// 47th, 357600 the 50th. cdrtools' README.multi says "about 44" of 74 minutes.
    #[test]
    fn about_as_many_sessions_fit_as_the_readme_says() {
        let shortest = MINIMUM_TRACK_FRAMES as u32;
        assert_eq!(sessions_that_fit(Lba(336_075), shortest), 47);
        assert_eq!(sessions_that_fit(Lba(359_849), shortest), 50);
    }

    #[test]
    fn a_disc_too_short_for_a_track_holds_no_session() {
        assert_eq!(sessions_that_fit(Lba(299), 300), 0);
        assert_eq!(sessions_that_fit(Lba(300), 300), 1);
        assert_eq!(sessions_that_fit(Lba(11_999), 300), 1);
        assert_eq!(sessions_that_fit(Lba(12_000), 300), 2);
        assert_eq!(sessions_that_fit(Lba(i32::MIN), u32::MAX), 0);
        assert_eq!(sessions_that_fit(Lba(i32::MAX), 0), 99);
    }

    proptest! {
        /// Laying sessions one behind the other until one does not fit counts the same.
        #[test]
        fn counting_agrees_with_laying_them_out(last in -200i32..500_000, frames in 300u32..100_000) {
            let (mut count, mut start) = (0, Lba(0));
            while count < 99 && start + frames as i32 <= Lba(last) {
                count += 1;
                start = next_session(start + frames as i32, count).first_user;
            }
            prop_assert_eq!(sessions_that_fit(Lba(last), frames), count);
        }

        #[test]
        fn no_lead_out_is_too_far_to_compute_with(lead_out in any::<i32>(), closed in any::<u32>()) {
            let next = next_session(Lba(lead_out), closed);
            prop_assert!(next.lead_in <= next.pregap && next.pregap <= next.first_user);
        }
    }
}
