//! StartOfNextSession and LastPossibleStartOfLeadout.

use cd_format::Lba;

use super::script::{NONE, appendable, atip, configuration, disc, full_toc};
use super::*;

/// Both properties of a disc.
fn addresses(script: &Script, policy: MediaPolicy) -> Result<(i32, i32), HResult> {
    let object = with_policy(script, policy);
    object.prepare_media().map_err(|error| error.hresult())?;
    let start: Lba = object.start_of_next_session().unwrap();
    Ok((start.0, object.last_possible_start_of_leadout().unwrap().0))
}

fn of_blank(script: &Script) -> Result<(i32, i32), HResult> {
    addresses(script, MediaPolicy::BlankOnly)
}

/// A drive with RAW multi-session (byte 4 bit 4).
fn appending(answer: Answer) -> Script {
    let script = Script::blank_cd_r();
    script.on(READ_DISC_INFORMATION, [answer]);
    script.on(GET_CONFIGURATION, [Answer::Data(configuration(0x09, 0x7F))]);
    script
}

fn of_appendable(script: &Script) -> Result<(i32, i32), HResult> {
    addresses(script, MediaPolicy::Appendable)
}

/// Lead-ins of real discs beside the LBA that burning programs print for them.
#[test]
fn a_blank_disc_starts_where_its_lead_in_does() {
    for (lead_in, start) in [
        ([97, 26, 66], -11_634),
        ([97, 26, 65], -11_635),
        ([97, 24, 1], -11_849),
        ([97, 10, 0], -12_900),
        ([97, 15, 17], -12_508),
        ([97, 34, 23], -11_077),
    ] {
        let script = Script::blank_cd_r();
        script.on(READ_DISC_INFORMATION, [disc(0, 1, lead_in, [79, 59, 74])]);
        assert_eq!(of_blank(&script), Ok((start, 359_849)), "{lead_in:?}");
    }
}

#[test]
fn neither_atip_nor_next_writable_address_is_asked_while_disc_information_answers() {
    let script = Script::blank_cd_r();
    script.table(4, [atip([97, 10, 0], [74, 43, 0])]);
    assert_eq!(of_blank(&script), Ok((-11_634, 359_849)));
    assert_eq!(script.cdbs(READ_TOC).len(), 0);
    assert_eq!(script.cdbs(READ_TRACK_INFORMATION).len(), 0);
}

#[test]
fn where_disc_information_has_no_time_the_atip_tells() {
    // None at all; what all-zero bytes would say; no times of a clock.
    for bad in [NONE, [0, 0, 0], [97, 60, 0], [97, 0, 75], [100, 0, 0], [12, 0, 0]] {
        let script = Script::blank_cd_r();
        script.on(READ_DISC_INFORMATION, [disc(0, 1, bad, [79, 59, 74])]);
        script.table(4, [atip([97, 26, 66], [79, 59, 74])]);
        assert_eq!(of_blank(&script), Ok((-11_634, 359_849)), "{bad:?}");
        assert_eq!(script.cdbs(READ_TRACK_INFORMATION).len(), 0);
    }
    let script = Script::blank_cd_r();
    script.on(READ_DISC_INFORMATION, [disc(0, 1, NONE, NONE)]);
    script.table(4, [atip([97, 26, 66], [79, 59, 74])]);
    assert_eq!(of_blank(&script), Ok((-11_634, 359_849)));
    assert_eq!(script.cdbs(READ_TOC).len(), 1, "one ATIP serves both");
}

/// A reply that ends before the times but is as long as it says (16 bytes).
#[test]
fn a_short_reply_is_completed_from_the_atip() {
    let script = Script::blank_cd_r();
    let mut short = script::BLANK[..16].to_vec();
    short[1] = 14;
    script.on(READ_DISC_INFORMATION, [Answer::Data(short)]);
    script.table(4, [atip([97, 26, 66], [79, 59, 74])]);
    assert_eq!(of_blank(&script), Ok((-11_634, 359_849)));
}

#[test]
fn a_sentinel_is_never_handed_out() {
    let invalid = Err(HResult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE);
    for table in
        [Answer::Check("5/24/00"), atip(NONE, NONE), atip([0; 3], [0; 3]), Answer::Data(vec![0, 2, 0, 0])]
    {
        let script = Script::blank_cd_r();
        script.on(READ_DISC_INFORMATION, [disc(0, 1, NONE, [79, 59, 74])]);
        script.table(4, [table.clone()]);
        assert_eq!(of_blank(&script), invalid, "{table:?}");
        script.on(READ_DISC_INFORMATION, [disc(0, 1, [97, 26, 66], NONE)]);
        assert_eq!(of_blank(&script), invalid, "{table:?}");
    }
}

#[test]
fn an_atip_that_cannot_be_read_now_is_the_drives_own_error() {
    let script = Script::blank_cd_r();
    script.on(READ_DISC_INFORMATION, [disc(0, 1, NONE, [79, 59, 74])]);
    script.table(4, [Answer::Check("2/3A/00")]);
    assert_eq!(of_blank(&script), Err(HResult::E_IMAPI_RECORDER_MEDIA_NO_MEDIA));
}

/// A 99-minute disc: cdrecord forces the positive rule for the lead-out for its sake.
#[test]
fn a_lead_out_past_minute_90_stays_positive() {
    let script = Script::blank_cd_r();
    script.on(READ_DISC_INFORMATION, [disc(0, 1, [97, 26, 66], [91, 1, 48])]);
    assert_eq!(of_blank(&script), Ok((-11_634, 409_473)));
}

/// Lead-out of session 1 at LBA 100000: the next lead-in is 6750 further, 106750 or 23:45:25;
/// of a later session 2250 further, 102250 or 22:45:25.
#[test]
fn an_appendable_disc_starts_at_the_next_lead_in() {
    assert_eq!(of_appendable(&appending(appendable(1, [23, 45, 25]))), Ok((106_750, 359_849)));
    assert_eq!(of_appendable(&appending(appendable(2, [22, 45, 25]))), Ok((102_250, 359_849)));
}

/// 100000 is 22:15:25. One drive emulator reports the first lead-in for ever, which is no time
/// that a later session can have.
#[test]
fn where_disc_information_has_no_later_lead_in_the_full_toc_tells() {
    for bad in [NONE, [97, 26, 66], [0, 0, 0]] {
        let script = appending(appendable(1, bad));
        script.table(2, [full_toc(&[[22, 15, 25]])]);
        assert_eq!(of_appendable(&script), Ok((106_750, 359_849)), "{bad:?}");
        script.on(READ_DISC_INFORMATION, [appendable(2, bad)]);
        script.table(2, [full_toc(&[[10, 0, 0], [22, 15, 25]])]);
        assert_eq!(of_appendable(&script), Ok((102_250, 359_849)), "{bad:?}");
        script.table(2, [Answer::Check("5/24/00")]);
        let invalid = Err(HResult::E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE);
        assert_eq!(of_appendable(&script), invalid, "{bad:?}");
    }
}

/// Recorded to 22:15:25: no lead-in starts at 10:00:00, nor at the lead-out itself.
#[test]
fn a_later_lead_in_inside_what_is_recorded_is_none() {
    for inside in [[10, 0, 0], [22, 15, 25]] {
        let script = appending(appendable(1, inside));
        script.table(2, [full_toc(&[[22, 15, 25]])]);
        assert_eq!(of_appendable(&script), Ok((106_750, 359_849)), "{inside:?}");
    }
}

#[test]
fn both_properties_exist_only_while_prepared() {
    let object = object(&Script::blank_cd_r());
    let not_prepared = HResult::E_IMAPI_DF2RAW_MEDIA_IS_NOT_PREPARED;
    let both = || [code(object.start_of_next_session()), code(object.last_possible_start_of_leadout())];
    assert_eq!(both(), [not_prepared; 2]);
    object.prepare_media().unwrap();
    assert_eq!(object.start_of_next_session(), Ok(Lba(-11_634)));
    object.release_media().unwrap();
    assert_eq!(both(), [not_prepared; 2]);
}
