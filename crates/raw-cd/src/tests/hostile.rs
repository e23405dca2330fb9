//! A drive that sends garbage.

use proptest::prelude::*;

use super::script::{
    BLANK, appendable, atip, capabilities, configuration, full_toc, mode_data, performance, write_parameters,
};
use super::*;

/// Bytes overwritten, and what is left of the reply; `None` leaves it whole.
#[derive(Clone, Debug)]
struct Damage {
    bytes: Vec<(usize, u8)>,
    cut: Option<usize>,
}

impl Damage {
    fn done_to(&self, answer: Answer) -> Answer {
        let Answer::Data(mut bytes) = answer else { return answer };
        for (at, byte) in &self.bytes {
            let at = at % bytes.len();
            bytes[at] = *byte;
        }
        if let Some(cut) = self.cut {
            bytes.truncate(cut);
        }
        Answer::Data(bytes)
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let bytes = prop::collection::vec((0..64_usize, any::<u8>()), 0..4);
    (bytes, prop::option::weighted(0.2, 0..64_usize)).prop_map(|(bytes, cut)| Damage { bytes, cut })
}

proptest! {
    /// Whatever the replies hold: no panic, no success code for a failure, and no address that
    /// a disc cannot have.
    #[test]
    fn garbage_is_refused_or_harmless(
        damages in prop::collection::vec(damage(), 7),
        used: bool,
        append: bool,
    ) {
        let script = Script::blank_cd_r();
        let policy = if append { MediaPolicy::Appendable } else { MediaPolicy::BlankOnly };
        let object = with_policy(&script, policy);
        let information = if used { appendable(1, [23, 45, 25]) } else { Answer::Data(BLANK.to_vec()) };
        let speeds = capabilities(706, false, &[(706, false)]);
        script.on(READ_DISC_INFORMATION, [damages[0].done_to(information)]);
        script.on(GET_CONFIGURATION, [damages[1].done_to(Answer::Data(configuration(0x09, 0x7F)))]);
        script.page(0x05, [damages[2].done_to(Answer::Data(mode_data(&write_parameters())))]);
        script.page(0x2A, [damages[3].done_to(Answer::Data(mode_data(&speeds)))]);
        script.on(GET_PERFORMANCE, [damages[4].done_to(Answer::Data(performance(&[(706, false)])))]);
        script.table(4, [damages[5].done_to(atip([97, 26, 66], [79, 59, 74]))]);
        script.table(2, [damages[6].done_to(full_toc(&[[22, 15, 25]]))]);
        let failures = [
            object.prepare_media().err(),
            object.current_physical_media_type().err(),
            object.media_physically_blank().err(),
            object.current_write_speed().err(),
            object.supported_write_speed_descriptors().err(),
            object.set_write_speed(300, true).err(),
        ];
        for failure in failures.into_iter().flatten() {
            prop_assert!(!failure.hresult().is_success(), "{failure}");
            prop_assert!(!failure.to_string().is_empty());
        }
        if let (Ok(start), Ok(end)) = (object.start_of_next_session(), object.last_possible_start_of_leadout()) {
            prop_assert!(start.is_legal() && start.0 != 0 && !(-150..0).contains(&start.0), "{start}");
            prop_assert!((1..450_000).contains(&end.0), "{end}");
        }
    }
}
