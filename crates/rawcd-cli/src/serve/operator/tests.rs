use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mmc_sim::disc::DiscState;
use mmc_sim::{Drive, Personality};
use scsi_transport::Data;
use tempfile::TempDir;

use super::super::test_host::*;
use super::super::time::{RealTime, VirtualTime};
use super::*;

/// Counts what is asked of it.
#[derive(Clone, Default)]
struct Nobody {
    announced: Arc<AtomicUsize>,
    stopped: Arc<AtomicUsize>,
}

impl Network for Nobody {
    fn stop(&self) {
        self.stopped.fetch_add(1, Ordering::SeqCst);
    }
    fn announce(&self, sense: Sense) {
        assert_eq!(sense, Sense::MEDIUM_MAY_HAVE_CHANGED);
        self.announced.fetch_add(1, Ordering::SeqCst);
    }
    fn sessions(&self) -> Vec<String> {
        vec!["iqn.1993-08.org.debian:01:host from 127.0.0.1:50000".to_owned()]
    }
}

struct Scene {
    operator: Operator,
    drive: Shared,
    nobody: Nobody,
    folder: TempDir,
}

/// An empty drive, and a disc file that lies beside it.
fn scene() -> Scene {
    let folder = tempfile::tempdir().unwrap();
    medium("blank-cdr-80").unwrap().save(&folder.path().join("my.disc")).unwrap();
    let drive = VirtualTime::new(Drive::with_disc(Personality::reference(), None).unwrap());
    let drive: Shared = Arc::new(Mutex::new(Keeper::new(Box::new(drive), None)));
    let nobody = Nobody::default();
    let operator = Operator {
        target: "iqn.2026-11.org.example:drive".to_owned(),
        address: "127.0.0.1:3260".to_owned(),
        model: "reference, simulated in virtual time".to_owned(),
        drive: Some(Arc::clone(&drive)),
        wall: None,
        network: Box::new(nobody.clone()),
    };
    Scene { operator, drive, nobody, folder }
}

impl Scene {
    fn path(&self) -> PathBuf {
        self.folder.path().join("my.disc")
    }

    /// What is answered to a request as it comes over the socket, in a line.
    fn ask(&self, request: &str) -> String {
        let request = request.replace("FOLDER", &self.folder.path().display().to_string());
        let answer = self.operator.answer(serde_json::from_str(&request).unwrap());
        serde_json::to_string(&answer).unwrap().replace(&self.folder.path().display().to_string(), "FOLDER")
    }

    fn script(&self, requests: &[&str]) -> String {
        requests.iter().map(|request| format!("> {request}\n{}\n", self.ask(request))).collect()
    }
}

#[test]
fn discs_come_and_go() {
    let scene = scene();
    insta::assert_snapshot!(scene.script(&[
        r#"{"do":"status"}"#,
        r#"{"do":"eject"}"#,
        r#"{"do":"insert","disc":{"file":"FOLDER/my.disc"}}"#,
        r#"{"do":"insert","disc":{"medium":"blank-cdrw-80"}}"#,
        r#"{"do":"status"}"#,
        r#"{"do":"press"}"#,
        r#"{"do":"close"}"#,
        r#"{"do":"swap","disc":{"file":"FOLDER/none.disc"}}"#,
        r#"{"do":"swap","disc":{"medium":"blank-cdrw-80"}}"#,
        r#"{"do":"save"}"#,
        r#"{"do":"save","file":"FOLDER/my.disc"}"#,
        r#"{"do":"save","file":"FOLDER/rw.disc"}"#,
        r#"{"do":"save"}"#,
        r#"{"do":"eject"}"#,
        r#"{"do":"stop"}"#,
    ]));
    assert_eq!(scene.nobody.announced.load(Ordering::SeqCst), 2);
    assert!(scene.folder.path().join("rw.disc").is_file());
}

#[test]
fn a_host_that_holds_the_disc_is_asked_first() {
    let scene = scene();
    let insert = format!(r#"{{"do":"insert","disc":{{"file":"{}"}}}}"#, scene.path().display());
    scene.ask(&insert);
    let host = &mut Arc::clone(&scene.drive);
    ready(host);
    good(host, &[0x1E, 0, 0, 0, 1, 0], Data::None);
    let mut told = scene.script(&[r#"{"do":"eject"}"#, r#"{"do":"press"}"#]);
    good(host, &[0x1E, 0, 0, 0, 0, 0], Data::None);
    select(host, true);
    write_all(host, 400, 1);
    told += &scene.script(&[
        r#"{"do":"eject"}"#,
        r#"{"do":"press"}"#,
        r#"{"do":"status"}"#,
        r#"{"do":"eject","force":true}"#,
    ]);
    insta::assert_snapshot!(told);
}

/// The process ends with it, and an answer that is not out by then never is.
#[test]
fn the_server_ends_after_the_answer() {
    let scene = scene();
    assert!(scene.ask(r#"{"do":"stop"}"#).contains("stopping"));
    scene.operator.after(&Request::Status);
    assert_eq!(scene.nobody.stopped.load(Ordering::SeqCst), 0);
    scene.operator.after(&Request::Stop);
    assert_eq!(scene.nobody.stopped.load(Ordering::SeqCst), 1);
}

/// Whoever has begun to blank a disc may leave; what was accepted is done.
#[test]
fn a_host_that_has_left_is_not_waited_for() {
    let scene = scene();
    scene.ask(r#"{"do":"insert","disc":{"medium":"finalised-cdrw-data"}}"#);
    scene.ask(r#"{"do":"save","file":"FOLDER/rw.disc"}"#);
    let host = &mut Arc::clone(&scene.drive);
    ready(host);
    good(host, &BLANK_IMMED, Data::None);
    assert!(scene.ask(r#"{"do":"status"}"#).contains("busy"));
    assert!(scene.ask(r#"{"do":"eject"}"#).contains("done"));
    assert_eq!(Disc::load(&scene.folder.path().join("rw.disc")).unwrap().state, DiscState::Blank);
}

#[test]
fn what_is_in_no_file_is_not_thrown_away_unasked() {
    let scene = scene();
    scene.ask(r#"{"do":"insert","disc":{"medium":"blank-cdr-80"}}"#);
    let host = &mut Arc::clone(&scene.drive);
    ready(host);
    select(host, true);
    write_all(host, 400, 1);
    good(host, &SYNCHRONIZE_CACHE, Data::None);
    let refused = scene.ask(r#"{"do":"eject"}"#);
    assert!(refused.contains("is in no file") && refused.contains("save FILE"), "{refused}");
    assert!(scene.ask(r#"{"do":"save","file":"FOLDER/kept.disc"}"#).contains("done"));
    assert!(scene.ask(r#"{"do":"eject"}"#).contains("done"));
    assert_eq!(Disc::load(&scene.folder.path().join("kept.disc")).unwrap().tracks().count(), 1);
}

#[test]
fn a_real_drive_has_a_button_of_its_own() {
    let scene = scene();
    let operator = Operator { drive: None, model: "/dev/sr0".to_owned(), ..scene.operator };
    for request in [Request::Eject { force: true }, Request::Press, Request::Save { file: None }] {
        assert!(matches!(operator.answer(request), Answer::Error { text, .. } if text.contains("/dev/sr0")));
    }
    assert!(matches!(operator.answer(Request::Status), Answer::Done { status: Some(_), .. }));
}

/// A wall on which, while a command sleeps, somebody stands beside the drive.
#[derive(Clone)]
struct Meanwhile(Arc<dyn Fn() + Send + Sync>);

impl WallClock for Meanwhile {
    fn now(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep(&self, _: Duration) {
        self.0();
    }
}

/// With --realtime a BLANK is minutes long, and a person is not to wait for it.
#[test]
fn while_a_command_sleeps_the_operator_is_answered() {
    let scene = Arc::new(scene());
    scene.ask(r#"{"do":"insert","disc":{"medium":"finalised-cdrw-data"}}"#);
    ready(&mut Arc::clone(&scene.drive));
    let told = Arc::new(Mutex::new(Vec::new()));
    let beside = {
        let (scene, told) = (Arc::clone(&scene), Arc::clone(&told));
        Meanwhile(Arc::new(move || {
            let Ok(mut told) = told.lock() else { return };
            // Else the operator would wait for ever, here as there.
            assert!(scene.drive.try_lock().is_ok(), "the drive is held while a command sleeps");
            told.push(scene.script(&[
                r#"{"do":"status"}"#,
                r#"{"do":"eject","force":true}"#,
                r#"{"do":"insert","disc":{"medium":"blank-cdr-80"}}"#,
            ]));
        }))
    };
    let mut host = RealTime::new(Arc::clone(&scene.drive), beside);
    good(&mut host, &BLANK, Data::None);
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("taken out and gone") && told[0].contains("in the drive: CD-R"), "{}", told[0]);
}
