//! The store against a model that is too simple to be wrong: one entry a frame.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

type Model = BTreeMap<i32, Vec<u8>>;

/// What is done to one of the forks.
#[derive(Clone, Debug)]
enum Act {
    Append { at: At, frames: usize, seed: u8, form: Form },
    Erase { from: i32, frames: i32 },
    Fork,
    Drop,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Frames,
    Channels,
    Owned,
    /// Frames whose main channel is one byte throughout, each way they may come.
    SilentFrames,
    SilentChannels,
    SilentOwned,
    Byte,
    Seeded,
}

fn act() -> impl Strategy<Value = Act> {
    let lba = || -40_i32..160;
    let form = prop_oneof![
        Just(Form::Frames),
        Just(Form::Channels),
        Just(Form::Owned),
        Just(Form::SilentFrames),
        Just(Form::SilentChannels),
        Just(Form::SilentOwned),
        Just(Form::Byte),
        Just(Form::Seeded)
    ];
    let at = prop_oneof![lba().prop_map(|n| At::Start(Lba(n))), lba().prop_map(|n| At::Next(Lba(n)))];
    prop_oneof![
        6 => (at, 0_usize..12, any::<u8>(), form)
            .prop_map(|(at, frames, seed, form)| Act::Append { at, frames, seed, form }),
        2 => (lba(), 0_i32..50).prop_map(|(from, frames)| Act::Erase { from, frames }),
        1 => Just(Act::Fork),
        1 => Just(Act::Drop),
    ]
}

/// `frames` frames that differ from one another and from those of other seeds.
fn bytes(frames: usize, seed: u8) -> Vec<u8> {
    let unlike = |n: usize| (n / FRAME * 31 + n % 251).to_le_bytes()[0] ^ seed;
    (0..frames * FRAME).map(unlike).collect()
}

/// `frames` frames with a main channel of one byte, and sub-channels as those of [`bytes`].
fn silent(frames: usize, seed: u8) -> Vec<u8> {
    let mut all = bytes(frames, seed);
    for frame in all.chunks_exact_mut(FRAME) {
        frame[..MAIN].fill(seed % 3);
    }
    all
}

fn noise(seed: u8) -> Pattern {
    Pattern { main: Fill::Seeded(seed.into()), sub: Fill::Byte(0) }
}

fn made(lba: Lba, frames: usize, pattern: Pattern) -> Vec<u8> {
    let mut all = vec![0; frames * FRAME];
    pattern.write(lba, &mut all);
    all
}

/// Appends to both, and holds the answers against each other.
fn append(store: &mut Store, model: &mut Model, at: At, frames: usize, seed: u8, form: Form) {
    let content = match form {
        Form::Frames | Form::Channels | Form::Owned => bytes(frames, seed),
        Form::SilentFrames | Form::SilentChannels | Form::SilentOwned => silent(frames, seed),
        Form::Byte => [[seed; MAIN].as_slice(), &[!seed; SUB]].concat().repeat(frames),
        Form::Seeded => made(at.lba(), frames, noise(seed)),
    };
    let main: Vec<u8> = content.chunks(FRAME).flat_map(|frame| &frame[..MAIN]).copied().collect();
    let sub: Vec<u8> = content.chunks(FRAME).flat_map(|frame| &frame[MAIN..]).copied().collect();
    let pattern = |pattern| Source::Pattern { frames: u32::try_from(frames).unwrap(), pattern };
    let source = match form {
        Form::Frames | Form::SilentFrames => Source::Frames(&content),
        Form::Channels | Form::SilentChannels => Source::Channels { main: &main, sub: &sub },
        Form::Owned | Form::SilentOwned => Source::Owned(content.clone()),
        Form::Byte => pattern(Pattern { main: Fill::Byte(seed), sub: Fill::Byte(!seed) }),
        Form::Seeded => pattern(noise(seed)),
    };

    let first = at.lba().0;
    let range = first..first + i32::try_from(frames).unwrap();
    let answer = store.append(at, source);
    let in_the_way = range.clone().find(|n| model.contains_key(n));
    if let Some(n) = in_the_way {
        assert!(matches!(answer, Err(WriteError::Written { lba: Lba(seen) }) if seen == n), "{answer:?}");
    } else if matches!(at, At::Next(_)) && !model.contains_key(&(first - 1)) {
        let last = model.range(..first).next_back().map(|(n, _)| Lba(n + 1));
        assert!(matches!(answer, Err(WriteError::Gap { end, .. }) if end == last), "{answer:?}");
    } else {
        assert!(answer.is_ok(), "{answer:?}");
        model.extend(range.zip(content.chunks(FRAME).map(<[u8]>::to_vec)));
    }
}

/// Every question gets the model's answer.
fn agree(store: &Store, model: &Model) {
    assert_eq!(store.len() as usize, model.len());
    assert_eq!(store.is_empty(), model.is_empty());
    let mut runs: Vec<Range<i32>> = Vec::new();
    for &n in model.keys() {
        match runs.last_mut().filter(|run| run.end == n) {
            Some(run) => run.end += 1,
            None => runs.push(n..n + 1),
        }
    }
    let seen: Vec<_> = store.runs(FIRST).map(|run| run.start.0..run.end.0).collect();
    assert_eq!(seen, runs);
    for run in runs {
        let mut out = vec![0; run.len() * FRAME];
        store.read(Lba(run.start), &mut out).unwrap();
        for (n, frame) in run.zip(out.chunks(FRAME)) {
            assert!(frame == model[&n], "LBA {n}");
        }
    }
    for n in -45..220 {
        assert_eq!(store.is_written(Lba(n)), model.contains_key(&n), "LBA {n}");
        let mut out = [0; FRAME];
        match (store.read(Lba(n), &mut out), model.get(&n)) {
            (Ok(()), Some(frame)) => assert!(out == frame[..], "LBA {n}"),
            (Err(ReadError::Unwritten { lba }), None) => assert_eq!(lba, Lba(n)),
            other => panic!("LBA {n}: {other:?}"),
        }
    }
}

fn play(blank: &Store, acts: Vec<(usize, Act)>) -> Vec<(Store, Model)> {
    let mut forks = vec![(blank.clone(), Model::new())];
    for (which, act) in acts {
        let which = which % forks.len();
        let (store, model) = &mut forks[which];
        match act {
            Act::Append { at, frames, seed, form } => append(store, model, at, frames, seed, form),
            Act::Erase { from, frames } => match store.as_rewritable() {
                Some(store) => {
                    store.erase(&(Lba(from)..Lba(from + frames)));
                    model.retain(|n, _| !(from..from + frames).contains(n));
                }
                None => assert!(matches!(store, Store::WriteOnce(_))),
            },
            Act::Fork if forks.len() < 4 => {
                let fork = forks[which].clone();
                forks.push(fork);
            }
            Act::Drop if forks.len() > 1 => drop(forks.swap_remove(which)),
            Act::Fork | Act::Drop => {}
        }
    }
    forks
}

fn story() -> impl Strategy<Value = Vec<(usize, Act)>> {
    vec((any::<usize>(), act()), 0..40)
}

fn limited(mut store: Store, bytes: u64) -> Store {
    store.limit_memory(bytes, None).unwrap();
    store
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// On a CD-RW: any writes, erasures and forks; forks are independent.
    #[test]
    fn rewritable_is_its_model(acts in story()) {
        for (store, model) in play(&Store::rewritable(), acts) {
            agree(&store, &model);
        }
    }

    /// On a CD-R the model never loses or changes a frame, and neither does the store.
    #[test]
    fn write_once_is_its_model(acts in story()) {
        for (store, model) in play(&Store::write_once(), acts) {
            agree(&store, &model);
        }
    }

    #[test]
    fn memory_may_be_limited(acts in story(), frames in 0_u64..40) {
        let limit = frames * FRAME as u64;
        for (store, model) in play(&limited(Store::rewritable(), limit), acts) {
            prop_assert!(store.bytes_in_memory() <= limit);
            agree(&store, &model);
        }
    }

    #[test]
    fn saved_discs_come_back(acts in story(), description: Vec<u8>, frames in 0_u64..40, kept: bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        let store = if kept { Store::write_once() } else { Store::rewritable() };
        for (mut store, model) in play(&limited(store, frames * FRAME as u64), acts) {
            store.calibrate();
            store.record_pma([7; 12]);
            store.save(&path, &description).unwrap();
            for (mut again, text) in [Store::load(&path).unwrap(), Store::open(&path).unwrap()] {
                agree(&again, &model);
                prop_assert_eq!(&text, &description);
                prop_assert_eq!(again.areas(), store.areas());
                prop_assert_eq!(again.as_rewritable().is_some(), !kept);
                prop_assert!(again.first_difference(&store).unwrap().is_none());
                // What is opened from a file can be added to, and saved over that file.
                append(&mut again, &mut model.clone(), At::Start(Lba(300)), 3, 1, Form::Frames);
                prop_assert_eq!(again.first_difference(&store).unwrap(), Some(Lba(300)));
                again.save(&path, &description).unwrap();
                let (third, _) = Store::load(&path).unwrap();
                prop_assert!(third.first_difference(&again).unwrap().is_none());
                store.save(&path, &description).unwrap();
            }
        }
    }
}

#[test]
fn first_difference_is_the_first() {
    let mut a = Store::write_once();
    a.append(At::Start(Lba(0)), Source::Owned(bytes(200, 0))).unwrap();
    let mut other = bytes(200, 0);
    other[150 * FRAME + MAIN] ^= 1;
    let mut b = Store::write_once();
    for (n, frame) in (0..).zip(other.chunks(FRAME)) {
        b.append(At::Start(Lba(n)), Source::Frames(frame)).unwrap();
    }
    assert_eq!(a.first_difference(&b).unwrap(), Some(Lba(150)));
    assert_eq!(b.first_difference(&a).unwrap(), Some(Lba(150)));
    assert_eq!(a.first_difference(&a.clone()).unwrap(), None);
    assert_eq!(a.first_difference(&Store::write_once()).unwrap(), Some(Lba(0)));
}

#[test]
fn refused_lengths_and_places() {
    let mut store = Store::write_once();
    let one = [0; FRAME];
    let ragged = store.append(At::Start(Lba(0)), Source::Frames(&one[1..]));
    assert!(matches!(ragged, Err(WriteError::Ragged { main: 2447, sub: 0 })));
    let ragged = store.append(At::Start(Lba(0)), Source::Channels { main: &one[..MAIN], sub: &one[..95] });
    assert!(matches!(ragged, Err(WriteError::Ragged { main: 2352, sub: 95 })));
    for lba in [FIRST - 1, LAST + 1, Lba(i32::MIN), Lba(i32::MAX)] {
        let answer = store.append(At::Start(lba), Source::Frames(&one));
        assert!(matches!(answer, Err(WriteError::OffTheDisc { at, frames: 1 }) if at == lba));
        assert!(!store.is_written(lba));
    }
    store.append(At::Start(FIRST), Source::Frames(&one)).unwrap();
    store.append(At::Start(LAST), Source::Frames(&one)).unwrap();
    let whole = Source::Pattern { frames: u32::MAX, pattern: Pattern::SILENCE };
    assert!(matches!(store.append(At::Start(FIRST), whole), Err(WriteError::OffTheDisc { .. })));
    assert_eq!(store.len(), 2);
    assert_eq!(WriteError::Written { lba: Lba(-150) }.to_string(), "LBA -150 is written already");
    let gap = store.append(At::Next(Lba(0)), Source::Frames(&one)).unwrap_err();
    assert_eq!(gap.to_string(), "LBA 0 does not follow on a written frame (expected LBA -45149)");
}

/// A pattern over a whole disc, and a burn in pieces of 27 frames, are few extents.
#[test]
fn extents_are_few() {
    let mut store = Store::rewritable();
    let silence = Source::Pattern { frames: 389_000, pattern: Pattern::SILENCE };
    store.append(At::Start(Lba(0)), silence).unwrap();
    assert_eq!(store.extents.from(FIRST.0).count(), 1);
    assert_eq!(store.bytes_in_memory(), 0);

    let mut burn = Store::write_once();
    let piece = bytes(27, 0);
    for n in 0..400 {
        let at = if n == 0 { At::Start } else { At::Next };
        burn.append(at(Lba(n * 27)), Source::Frames(&piece)).unwrap();
    }
    assert_eq!(burn.len(), 400 * 27);
    // Chunks of 27, 54, 108, 216, 432 and then 512 frames.
    assert_eq!(burn.extents.from(FIRST.0).count(), 5 + (400_usize * 27 - 837).div_ceil(512));
}

/// Silence takes the room of its sub-channels, in memory and in a file.
#[test]
fn silence_is_not_kept() {
    let mut burn = Store::write_once();
    let piece = silent(27, 3);
    for n in 0..400 {
        let at = if n == 0 { At::Start } else { At::Next };
        burn.append(at(Lba(n * 27)), Source::Owned(piece.clone())).unwrap();
    }
    assert_eq!(burn.bytes_in_memory(), 400 * 27 * 96);
    assert_eq!(burn.extents.from(FIRST.0).count(), 5 + (400_usize * 27 - 837).div_ceil(512));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    burn.save(&path, b"").unwrap();
    let size = std::fs::metadata(&path).unwrap().len();
    assert!(size < 400 * 27 * 97, "{size}");
    let (back, _) = Store::open(&path).unwrap();
    assert_eq!(back.first_difference(&burn).unwrap(), None);
}
