//! Whatever comes, in whatever order.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Act {
    Attach(u64),
    Detach(u64),
    Send(u64, Vec<u8>, u8),
    Reset,
    Insert,
    PowerCycle,
    Wait,
}

fn act() -> impl Strategy<Value = Act> {
    let opcode = prop_oneof![
        proptest::sample::select(vec![
            0x00, 0x03, 0x12, 0x15, 0x16, 0x17, 0x1B, 0x1E, 0x4A, 0x55, 0x56, 0x57, 0xA0
        ]),
        any::<u8>(),
    ];
    let field = prop_oneof![3 => Just(0), 2 => 0..4_u8, 1 => any::<u8>()];
    let cdb = (opcode, proptest::collection::vec(field, 0..16)).prop_map(|(opcode, mut fields)| {
        fields.insert(0, opcode);
        fields
    });
    prop_oneof![
        1 => (0..3_u64).prop_map(Act::Attach),
        1 => (0..3_u64).prop_map(Act::Detach),
        12 => (0..3_u64, cdb, 0..3_u8).prop_map(|(nexus, cdb, data)| Act::Send(nexus, cdb, data)),
        1 => Just(Act::Reset),
        1 => Just(Act::Insert),
        1 => Just(Act::PowerCycle),
        1 => Just(Act::Wait),
    ]
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_of_a_lost_nexus_remains(acts in proptest::collection::vec(act(), 1..60)) {
        let mut unit = LogicalUnit::new(drive()).with_target_name("iqn.2026-11.example:cd");
        for act in acts {
            match act {
                Act::Attach(nexus) => unit.attach(NexusId(nexus)),
                Act::Detach(nexus) => unit.detach(NexusId(nexus)),
                Act::Send(nexus, cdb, data) => {
                    let mut buffer = [0; 64];
                    let data = match data {
                        0 => Data::None,
                        1 => Data::In(&mut buffer),
                        _ => Data::Out(&[0; 64]),
                    };
                    let room = data.len();
                    if let Ok(outcome) = unit.execute(NexusId(nexus), Lun::ZERO, &cdb, data, TIMEOUT) {
                        prop_assert!(outcome.transferred <= room);
                    }
                }
                Act::Reset => unit.reset(),
                Act::Insert => {
                    unit.transport_mut().insert_disc(drive().take_disc().unwrap());
                    unit.announce(Sense::MEDIUM_MAY_HAVE_CHANGED);
                }
                Act::PowerCycle => unit.transport_mut().host(&HostAct::PowerCycle).unwrap(),
                Act::Wait => unit.transport_mut().wait(Duration::from_secs(30)),
            }
        }
        for nexus in 0..3 {
            unit.detach(NexusId(nexus));
        }
        unit.transport_mut().wait(Duration::from_secs(30));
        unit.attach(A);
        // What waited has been told after so many commands, each kind once; then the tray opens.
        let mut told = Vec::new();
        let outcome = loop {
            let outcome = send(&mut unit, A, &[0x1B, 0, 0, 0, 2, 0]);
            match Sense::in_data(&outcome.sense) {
                Some(sense) if sense.key == SenseKey::UNIT_ATTENTION => {
                    prop_assert!(!told.contains(&sense), "{} twice", sense);
                    told.push(sense);
                }
                _ => break outcome,
            }
        };
        let sense = Sense::in_data(&outcome.sense);
        prop_assert!(sense.is_none_or(|sense| sense.asc != 0x53), "{:?}", sense);
        prop_assert_ne!(outcome.status, Status::RESERVATION_CONFLICT);
    }

    #[test]
    fn a_cause_is_told_once_to_each(order in proptest::collection::vec(0..4_u64, 0..40)) {
        let mut unit = LogicalUnit::new(Scripted::default());
        for nexus in 0..4 {
            unit.attach(NexusId(nexus));
        }
        unit.raise(Sense::MODE_PARAMETERS_CHANGED);
        unit.transport_mut().answers = [(check(Sense::MEDIUM_MAY_HAVE_CHANGED), Vec::new())].into();
        let mut told = std::collections::HashSet::new();
        for nexus in order {
            let answer = said(&mut unit, NexusId(nexus), &TEST_UNIT_READY);
            prop_assert!(answer == "good" || told.insert((nexus, answer)));
        }
    }
}
