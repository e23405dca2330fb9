use proptest::prelude::*;

use super::*;
use crate::testing::{Puppet, READ_DISC_INFORMATION, TEST_UNIT_READY, TIMEOUT, WRITE_10};

/// The start of READ DISC INFORMATION of a finalised CD-ROM as QEMU's ATAPI drive answers it.
const DISC: [u8; 9] = [0x00, 0x20, 0x0E, 1, 1, 1, 1, 0x20, 0x00];

fn always(answer: FaultAnswer) -> Vec<FaultRule> {
    vec![FaultRule { on: On::Any, skip: 0, times: None, answer }]
}

fn rules(text: &str) -> Vec<FaultRule> {
    ron::from_str(text).unwrap()
}

/// READ DISC INFORMATION into 34 bytes of EEh from a drive that has nine bytes to give.
fn read(answer: FaultAnswer) -> (Result<Outcome, TransportError>, [u8; 34], Puppet) {
    let mut drive = Faulty::new(Puppet::default().says(&DISC), always(answer));
    let mut buffer = [0xEE; 34];
    let answer = drive.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT);
    (answer, buffer, drive.into_inner())
}

/// READ DISC INFORMATION for an answer that the drive must not be asked for.
fn unasked(answer: FaultAnswer) -> Result<Outcome, TransportError> {
    let (answer, buffer, below) = read(answer);
    assert_eq!(buffer, [0xEE; 34]);
    assert!(below.asked.is_empty());
    answer
}

#[test]
fn without_rules_nothing_happens() {
    let mut drive = Faulty::new(Puppet::default().says(&DISC), Vec::new());
    let mut buffer = [0; 9];
    let answer = drive.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT);
    assert_eq!(answer, Ok(Outcome::good(9)));
    assert_eq!(buffer, DISC);
    drive.wait(TIMEOUT);
    assert_eq!(drive.get_mut().waited, TIMEOUT);
}

/// SPC "Fixed format sense data": response code 70h, key in byte 2, additional length 10 in
/// byte 7, code and qualifier in bytes 12 and 13.
#[test]
fn sense_is_fixed_format_of_18_bytes() {
    let sense = vec![0x70, 0, 0x02, 0, 0, 0, 0, 0x0A, 0, 0, 0, 0, 0x3A, 0x02, 0, 0, 0, 0];
    assert_eq!(unasked(FaultAnswer::Sense(Sense::NO_MEDIUM_TRAY_OPEN)), Ok(Outcome::check(sense)));
}

#[test]
fn sense_bytes_are_as_given() {
    for sense in [vec![], vec![0x72, 5, 0x24, 0], vec![0xFF; 300]] {
        assert_eq!(unasked(FaultAnswer::SenseBytes(sense.clone())), Ok(Outcome::check(sense)));
    }
}

#[test]
fn status_has_neither_sense_nor_data() {
    let busy = Outcome { status: Status::BUSY, sense: Vec::new(), transferred: 0 };
    assert_eq!(unasked(FaultAnswer::Status(8)), Ok(busy));
}

#[test]
fn reply_fills_what_room_there_is() {
    let (answer, buffer, below) = read(FaultAnswer::Reply(vec![1, 2, 3]));
    assert_eq!(answer, Ok(Outcome::good(3)));
    assert_eq!(buffer[..4], [1, 2, 3, 0xEE]);
    assert!(below.asked.is_empty());

    let (answer, buffer, _) = read(FaultAnswer::Reply(vec![9; 40]));
    assert_eq!(answer, Ok(Outcome::good(34)));
    assert_eq!(buffer, [9; 34]);
}

#[test]
fn reply_to_a_write_is_a_lie() {
    let mut drive = Faulty::new(Puppet::default(), always(FaultAnswer::Reply(Vec::new())));
    assert_eq!(drive.execute(&WRITE_10, Data::Out(&[0; 2352]), TIMEOUT), Ok(Outcome::good(2352)));
    assert_eq!(drive.execute(&TEST_UNIT_READY, Data::None, TIMEOUT), Ok(Outcome::good(0)));
    assert!(drive.into_inner().asked.is_empty());
}

#[test]
fn patch_overwrites_what_came_and_no_more() {
    let patched = |at, bytes: &[u8]| {
        let (answer, buffer, below) = read(FaultAnswer::PatchReply { at, bytes: bytes.to_vec() });
        assert_eq!(answer, Ok(Outcome::good(9)), "as long as before");
        assert_eq!(buffer[9..], [0xEE; 25]);
        assert_eq!(below.asked, [READ_DISC_INFORMATION]);
        buffer[..9].to_vec()
    };
    assert_eq!(patched(2, &[0x00]), [0x00, 0x20, 0x00, 1, 1, 1, 1, 0x20, 0x00]);
    assert_eq!(patched(7, &[0xA0, 0xA1, 0xA2]), [0x00, 0x20, 0x0E, 1, 1, 1, 1, 0xA0, 0xA1]);
    assert_eq!(patched(9, &[0xFF]), DISC);
    assert_eq!(patched(usize::MAX, &[0xFF]), DISC);
}

#[test]
fn patch_bears_a_drive_that_claims_more_than_fits() {
    let below = Puppet::default().answers(&DISC, Ok(Outcome::good(usize::MAX)));
    let mut drive = Faulty::new(below, always(FaultAnswer::PatchReply { at: 2, bytes: vec![7; 9] }));
    let mut buffer = [0xEE; 4];
    let answer = drive.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT);
    assert_eq!(answer, Ok(Outcome::good(usize::MAX)));
    assert_eq!(buffer, [0x00, 0x20, 7, 7]);
}

#[test]
fn truncate_cuts_the_count_and_the_bytes() {
    for (cut, came) in [(0, 0), (7, 7), (9, 9), (20, 9), (usize::MAX, 9)] {
        let (answer, buffer, below) = read(FaultAnswer::Truncate(cut));
        assert_eq!(answer, Ok(Outcome::good(came)), "cut at {cut}");
        assert_eq!(buffer[..came], DISC[..came]);
        assert_eq!(buffer[came..], [0xEE; 34][came..], "the host's own bytes");
        assert_eq!(below.asked, [READ_DISC_INFORMATION]);
    }
}

#[test]
fn truncate_of_data_out_cuts_the_count_only() {
    let below = Puppet::default().answers(&[], Ok(Outcome::good(2352)));
    let mut drive = Faulty::new(below, always(FaultAnswer::Truncate(2048)));
    assert_eq!(drive.execute(&WRITE_10, Data::Out(&[1; 2352]), TIMEOUT), Ok(Outcome::good(2048)));
    assert_eq!(drive.into_inner().taken, [[1; 2352]]);
}

#[test]
fn failures_of_the_drive_pass_through_patch_and_truncate() {
    for answer in [FaultAnswer::PatchReply { at: 0, bytes: vec![0] }, FaultAnswer::Truncate(0)] {
        let gone = TransportError::Gone("unplugged".to_owned());
        let mut drive = Faulty::new(Puppet::default().answers(&[], Err(gone.clone())), always(answer));
        assert_eq!(drive.execute(&TEST_UNIT_READY, Data::None, TIMEOUT), Err(gone));
    }
}

#[test]
fn timeout_takes_its_time() {
    let (answer, buffer, below) = read(FaultAnswer::Timeout);
    assert_eq!(answer, Err(TransportError::Timeout(TIMEOUT)));
    assert_eq!(buffer, [0xEE; 34]);
    assert_eq!(below.waited, TIMEOUT);
    assert!(below.asked.is_empty());
}

#[test]
fn gone_and_host_are_transport_errors() {
    assert!(matches!(unasked(FaultAnswer::Gone), Err(TransportError::Gone(_))));
    let reset = "bus reset".to_owned();
    assert_eq!(unasked(FaultAnswer::Host(reset.clone())), Err(TransportError::Host(reset)));
}

/// Status bytes of commands with these opcodes, by rules that answer with a status each.
fn statuses(text: &str, opcodes: &[u8]) -> Vec<u8> {
    let mut drive = Faulty::new(Puppet::default(), rules(text));
    let mut status = |&opcode| drive.execute(&[opcode, 0, 0, 0, 0, 0], Data::None, TIMEOUT).unwrap().status.0;
    opcodes.iter().map(&mut status).collect()
}

#[test]
fn rules_skip_and_end() {
    let twice = "[(on: Opcode(0x51), skip: 1, times: Some(2), answer: Status(8))]";
    assert_eq!(statuses(twice, &[0x51, 0x00, 0x51, 0x00, 0x51, 0x51]), [0, 0, 8, 0, 8, 0]);
    assert_eq!(statuses("[(on: Any, times: Some(0), answer: Status(8))]", &[0, 0]), [0, 0]);
    assert_eq!(statuses("[(on: Any, answer: Status(8))]", &[0x00, 0x51, 0x2A]), [8, 8, 8]);
    assert_eq!(statuses("[(on: Cdb(\"2A 00\"), answer: Status(8))]", &[0x28, 0x2A]), [0, 8]);
}

#[test]
fn the_first_rule_with_firings_left_wins() {
    let order = "[(on: Any, times: Some(1), answer: Status(8)), (on: Any, answer: Status(0x18))]";
    assert_eq!(statuses(order, &[0, 0, 0]), [0x08, 0x18, 0x18]);
    // The second rule's skip counts the command that the first one answered.
    let skip = "[(on: Any, times: Some(1), answer: Status(8)), (on: Any, skip: 1, times: Some(1), answer: Status(0x18))]";
    assert_eq!(statuses(skip, &[0, 0, 0]), [0x08, 0x18, 0x00]);
}

#[test]
fn rules_are_plain_data() {
    let text = r#"[
        (on: Any, answer: Sense("2/3A/00")),
        (on: Opcode(0x51), skip: 1, times: Some(3), answer: SenseBytes("70 00 02")),
        (on: Cdb("43 ?? 04"), answer: Reply("00 1A 00 00")),
        (on: Any, answer: PatchReply(at: 17, bytes: "61 18 01")),
        (on: Any, answer: Truncate(7)),
        (on: Any, answer: Timeout),
        (on: Any, answer: Gone),
        (on: Any, answer: Host("bus reset")),
    ]"#;
    let read = rules(text);
    assert_eq!(
        read[..4],
        [
            FaultRule { on: On::Any, skip: 0, times: None, answer: FaultAnswer::Sense(Sense::NO_MEDIUM) },
            FaultRule {
                on: On::Opcode(0x51),
                skip: 1,
                times: Some(3),
                answer: FaultAnswer::SenseBytes(vec![0x70, 0, 2]),
            },
            FaultRule {
                on: On::Cdb("43 ?? 04".parse().unwrap()),
                skip: 0,
                times: None,
                answer: FaultAnswer::Reply(vec![0, 0x1A, 0, 0]),
            },
            FaultRule {
                on: On::Any,
                skip: 0,
                times: None,
                answer: FaultAnswer::PatchReply { at: 17, bytes: vec![0x61, 0x18, 0x01] },
            },
        ]
    );
    assert_eq!(rules(&ron::to_string(&read).unwrap()), read);
}

#[test]
fn the_documented_rules_are_read() {
    let text = include_str!("../fault.rs");
    let block = text.split("```text").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(rules(&block.replace("//!", "")).len(), 3);
}

#[test]
fn bad_rules_say_why() {
    let say = |text: &str| ron::from_str::<FaultRule>(text).unwrap_err().to_string();
    let messages = [
        say(r#"(on: Any, answer: Sense("2/3A"))"#),
        say(r#"(on: Cdb("43 4?"), answer: Gone)"#),
        say(r#"(on: Cdb(""), answer: Gone)"#),
        say(r#"(on: Any, answer: Reply("0"))"#),
        say("(on: Any, answer: Gone, time: 3)"),
        say("(on: Opcode(256), answer: Gone)"),
        say("(on: Any, answer: Explode)"),
        say("(on: Any)"),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

fn seeded(
    seed: u64,
    per_mille: u16,
    answers: Vec<FaultAnswer>,
    commands: usize,
) -> Vec<Result<Outcome, TransportError>> {
    let mut drive = Faulty::seeded(Puppet::default(), seed, per_mille, answers);
    (0..commands).map(|_| drive.execute(&TEST_UNIT_READY, Data::None, TIMEOUT)).collect()
}

#[test]
fn a_seed_shows_and_makes_the_same_trouble() {
    let answers = || vec![FaultAnswer::Status(8), FaultAnswer::Gone];
    let drive = Faulty::seeded(Puppet::default(), 20_010_817, 100, answers());
    assert_eq!(drive.seed(), Some(20_010_817));
    assert!(format!("{drive:?}").contains("seed: 20010817"), "{drive:?}");
    assert_eq!(Faulty::new(Puppet::default(), Vec::new()).seed(), None);

    let once = seeded(1, 100, answers(), 1000);
    assert_eq!(once, seeded(1, 100, answers(), 1000));
    assert_ne!(once, seeded(2, 100, answers(), 1000));
    assert!(once.iter().any(Result::is_err), "both answers come");
    assert!(once.iter().flatten().any(|outcome| outcome.status == Status::BUSY));
}

#[test]
fn chance_is_per_mille() {
    let troubled = |per_mille| {
        let answers = vec![FaultAnswer::Gone];
        seeded(7, per_mille, answers, 20_000).iter().filter(|answer| answer.is_err()).count()
    };
    assert_eq!(troubled(0), 0);
    assert_eq!(troubled(1000), 20_000);
    assert_eq!(troubled(u16::MAX), 20_000);
    // 2000 of 20000 expected, standard deviation 42: ten of them to either side.
    assert!((1580..2420).contains(&troubled(100)), "{}", troubled(100));
    assert_eq!(seeded(7, 1000, Vec::new(), 10), vec![Ok(Outcome::good(0)); 10], "no trouble to choose from");
}

proptest! {
    #[test]
    fn no_answer_panics_or_moves_more_than_fits(
        at: usize, cut: usize, bytes in prop::collection::vec(any::<u8>(), 0..20), claimed in 0_usize..40, room in 0_usize..20,
    ) {
        for answer in [
            FaultAnswer::PatchReply { at, bytes: bytes.clone() },
            FaultAnswer::PatchReply { at: at % 20, bytes: bytes.clone() },
            FaultAnswer::Truncate(cut),
            FaultAnswer::Truncate(cut % 20),
            FaultAnswer::Reply(bytes.clone()),
            FaultAnswer::SenseBytes(bytes.clone()),
        ] {
            let below = Puppet::default().answers(&bytes, Ok(Outcome::good(claimed)));
            let mut drive = Faulty::new(below, always(answer));
            let mut buffer = vec![0; room];
            let outcome = drive.execute(&READ_DISC_INFORMATION, Data::In(&mut buffer), TIMEOUT).unwrap();
            prop_assert!(outcome.transferred <= claimed.max(room));
        }
    }
}
