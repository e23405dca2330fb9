//! What can be said of a session before a block of it is recorded.

use cd_format::sub_channel::SessionLayout;

use crate::ends::track_length;
use crate::findings::Findings;
use crate::report::Finding;
use crate::rule::Rule;

/// The tracks of a session that are shorter than [`Rule::TrackLength`] allows,
/// in the words that [`lint`](crate::lint) has for them once they are recorded.
pub fn short_tracks(session: &SessionLayout) -> Vec<Finding> {
    let mut findings = Findings::new(session.tracks.len());
    let ends = session.tracks.iter().skip(1).map(|next| next.pregap).chain([session.lead_out]);
    for (track, end) in session.tracks.iter().zip(ends) {
        if let Some((severity, words)) = track_length(track.pregap.0, track.start.0, end.0) {
            findings.add_single(Rule::TrackLength, severity, track.start.0, || words);
        }
    }
    findings.into_parts().0
}
