//! Descriptions of discs and drives: legal ones, and whatever a file may hold.

use cd_format::{Atip, Lba, Msf};
use mmc_sim::disc::damage::{Cause, Defect, DefectKind, Servo};
use mmc_sim::scene::{
    Activity, Attention, Content, DiscScene, End, LongOperation, Readiness, SessionFormat, SessionScene,
    TrackScene, Tray, Unreadable, Written,
};
use mmc_sim::{DiscKind, HostAct, Personality, Scene};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The name of any drive of the crate.
pub fn personality() -> impl Strategy<Value = &'static str> {
    select(Personality::builtin_names())
}

fn track(blocks: impl Strategy<Value = u32>) -> impl Strategy<Value = TrackScene> {
    let content = select(vec![Content::Audio, Content::Mode1, Content::Mode2]);
    (content, blocks, any::<bool>(), any::<bool>()).prop_map(|(content, blocks, copy, pre_emphasis)| {
        TrackScene { content, blocks, copy, pre_emphasis, isrc: None, reserved: false }
    })
}

fn session(
    tracks: core::ops::Range<usize>,
    blocks: impl Strategy<Value = u32>,
) -> impl Strategy<Value = SessionScene> {
    let written = select(vec![Written::Sao, Written::Tao]);
    let format = select(vec![SessionFormat::CdRom, SessionFormat::CdI, SessionFormat::Xa]);
    (vec(track(blocks), tracks), written, format).prop_map(|(tracks, written, format)| SessionScene {
        tracks,
        written,
        format,
    })
}

prop_compose! {
    /// A disc that can be: up to seven sessions of up to four tracks, all before 74 minutes.
    pub fn legal_disc()(
        kind in select(vec![DiscKind::CdR, DiscKind::CdRw, DiscKind::CdRom]),
        sessions in vec(session(1..5, 300_u32..6000), 0..8),
        end in select(vec![End::Appendable, End::Finalised, End::Open]),
        (seconds, frames) in (96 * 60 + 40..97 * 60 + 49_u32, 0_u32..75),
        last_minute in 74_u8..99,
        reserve in any::<bool>(),
        formatted in prop::bool::weighted(0.3),
        identification in option::of(0_u32..0x0100_0000),
    ) -> DiscScene {
        let lead_in = Msf::new((seconds / 60) as u8, (seconds % 60) as u8, frames as u8).unwrap();
        let blank = DiscScene::blank(kind, lead_in, Msf::new(last_minute, 59, 74).unwrap());
        let mut disc = DiscScene { sessions, end, identification, ..blank };
        if kind == DiscKind::CdRom {
            disc.end = End::Finalised;
            if disc.sessions.is_empty() {
                let track = TrackScene {
                    content: Content::Mode1,
                    blocks: 5000,
                    copy: false,
                    pre_emphasis: false,
                    isrc: None,
                    reserved: false,
                };
                disc.sessions.push(SessionScene {
                    tracks: vec![track],
                    written: Written::Sao,
                    format: SessionFormat::CdRom,
                });
            }
        } else if disc.sessions.is_empty() {
            disc.end = End::Appendable;
        }
        let last = disc.sessions.last_mut().and_then(|session| session.tracks.last_mut());
        if let Some(track) = last.filter(|_| disc.end == End::Open && reserve) {
            track.reserved = true;
        }
        if formatted && kind == DiscKind::CdRw && disc.sessions.len() == 1 && disc.end == End::Finalised {
            disc.formatted = true;
            let tracks = &mut disc.sessions[0].tracks;
            tracks.truncate(1);
            tracks[0].content = Content::Mode2;
            tracks[0].blocks = tracks[0].blocks.next_multiple_of(32);
        }
        disc
    }
}

fn any_msf() -> impl Strategy<Value = Msf> {
    (0_u8..100, 0_u8..60, 0_u8..75).prop_map(|(m, s, f)| Msf::new(m, s, f).unwrap())
}

fn wild_track() -> impl Strategy<Value = TrackScene> {
    let blocks = prop_oneof![3 => 300_u32..20_000, 1 => any::<u32>(), 1 => Just(0), 1 => Just(u32::MAX)];
    let isrc = option::weighted(0.2, "[A-Z0-9]{12}|.{0,14}");
    (track(blocks), isrc, prop::bool::weighted(0.1)).prop_map(|(track, isrc, reserved)| TrackScene {
        isrc,
        reserved,
        ..track
    })
}

/// What a file may say that reads badly; most of it can be.
fn wild_defect() -> impl Strategy<Value = Defect> {
    let kind = prop_oneof![
        select(vec![DefectKind::C1, DefectKind::Lost, DefectKind::Q, DefectKind::SubChannel]),
        (1..=2352_u16, any::<u64>()).prop_map(|(bytes, seed)| DefectKind::C2 { bytes, seed }),
        select(vec![Servo::NoSeekComplete, Servo::Positioning, Servo::Tracking, Servo::Focus])
            .prop_map(DefectKind::Servo),
    ];
    let first = prop_oneof![9 => -200..3000_i32, 1 => any::<i32>()];
    let frames = prop_oneof![9 => 1..3000_u32, 1 => any::<u32>()];
    (first, frames, kind, 0..30_u32, any::<bool>()).prop_map(|(first, frames, kind, recovers_after, soft)| {
        Defect {
            first: Lba(first),
            frames,
            kind,
            recovers_after,
            cause: if soft { Cause::Recording } else { Cause::Scratch },
        }
    })
}

fn scratched_disc() -> impl Strategy<Value = DiscScene> {
    (legal_disc(), vec(wild_defect(), 1..4)).prop_map(|(disc, defects)| DiscScene { defects, ..disc })
}

prop_compose! {
    fn wild_disc()(
        kind in select(vec![DiscKind::CdR, DiscKind::CdRw, DiscKind::CdRom]),
        times in option::weighted(0.8, (any_msf(), any_msf())),
        additional in any::<[Option<[u8; 3]>; 4]>(),
        (sub_type, write_power, reference_speed) in any::<(u8, u8, u8)>(),
        sessions in prop_oneof![
            3 => vec((vec(wild_track(), 0..4), session(0..1, Just(0))), 0..4),
            1 => vec((vec(wild_track(), 0..40), session(0..1, Just(0))), 0..60),
        ],
        end in select(vec![End::Appendable, End::Finalised, End::Open]),
        mcn in option::weighted(0.3, "[0-9]{13}|.{0,15}"),
        cd_text in vec("[0-9A-F]{36}|.{0,40}", 0..3),
        identification in any::<Option<u32>>(),
        formatted in prop::bool::weighted(0.1),
    ) -> DiscScene {
        let [a1, a2, a3, s4] = additional;
        let atip = times.map(|(lead_in, last)| Atip {
            sub_type, write_power, reference_speed, a1, a2, a3, s4, ..Atip::new(lead_in, last)
        });
        let sessions = sessions.into_iter().map(|(tracks, shell)| SessionScene { tracks, ..shell }).collect();
        DiscScene { kind, atip, sessions, end, mcn, cd_text, identification, formatted, defects: Vec::new() }
    }
}

prop_compose! {
    /// Whatever a file may hold.
    pub fn wild_scene()(
        tray in prop_oneof![4 => Just(Tray::Closed), 1 => Just(Tray::Open)],
        disc in option::weighted(0.9, prop_oneof![2 => legal_disc(), 1 => scratched_disc(), 2 => wild_disc()]),
        readiness in prop_oneof![
            4 => Just(Readiness::Ready),
            1 => any::<u32>().prop_map(Readiness::Loading),
            1 => select(vec![Unreadable::Incompatible, Unreadable::NoToc]).prop_map(Readiness::Unreadable),
        ],
        attention in vec(
            select(vec![Attention::Reset, Attention::MediumChanged, Attention::ModeChanged]), 0..3),
        activity in prop_oneof![
            4 => Just(Activity::Idle),
            1 => Just(Activity::Streaming),
            1 => (any::<u32>(), any::<u16>(), select(vec![
                LongOperation::Blank, LongOperation::Close, LongOperation::Format,
            ])).prop_map(|(seconds, done, operation)| Activity::Long { operation, seconds, done }),
        ],
        locked in any::<bool>(),
    ) -> Scene {
        Scene { tray, disc, readiness, attention, activity, locked }
    }
}

/// What a person or the power does.
pub fn act() -> impl Strategy<Value = HostAct> {
    prop_oneof![
        2 => Just(HostAct::PressEject),
        1 => Just(HostAct::CloseTray),
        1 => Just(HostAct::PowerCycle),
        1 => wild_scene().prop_map(HostAct::Insert),
    ]
}
