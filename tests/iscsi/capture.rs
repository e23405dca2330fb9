//! Wireshark's view of the wire: its iSCSI and MMC dissectors against ours.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use mmc_wire::block::Query;
use mmc_wire::block::toc::{TocAddress, TocReply};
use mmc_wire::command::{GetConfiguration, Inquiry, ReadDiscInformation, ReadToc, TocFormat};
use scsi_iscsi::Initiator;
use scsi_iscsi::initiator::Options;
use scsi_transport::TransportExt;

use crate::program::{is_here, run, say, trial};
use crate::served::{Served, TARGET};

pub fn trials() -> Vec<Trial> {
    let test = trial("tshark::agrees_with_us", "tshark", "tshark", agrees_with_us);
    // Capturing is a privilege; in CI it is not missing.
    let required = std::env::var_os("RAWCD_REQUIRE_PROGRAMS").is_some_and(|value| value != "0");
    let may = is_here("dumpcap") && run("dumpcap", &["-i", "lo", "-L"]).is_ok_and(|said| said.well);
    if is_here("tshark") && !may && !required {
        return vec![test.with_ignored_flag(true).with_kind("needs the right to capture on lo")];
    }
    vec![test]
}

/// How long a capture takes to begin and to end.
const SETTLE: Duration = Duration::from_secs(2);

/// Everything that passes on a port of loopback, kept in a file.
struct Capture {
    tshark: Child,
    file: tempfile::NamedTempFile,
    port: u16,
}

impl Capture {
    fn start(port: u16) -> Result<Self, Failed> {
        let file = tempfile::NamedTempFile::with_suffix(".pcapng")?;
        let mut tshark = Command::new("tshark")
            .args(["-i", "lo", "-f", &format!("tcp port {port}"), "-w"])
            .arg(file.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = tshark.stderr.take().ok_or("tshark has no standard error")?;
        let mut said = String::new();
        let mut lines = BufReader::new(stderr);
        while !said.contains("Capturing on") {
            if lines.read_line(&mut said)? == 0 {
                return Err(format!("tshark does not capture: {said}").into());
            }
        }
        std::thread::spawn(move || lines.lines().map_while(Result::ok).for_each(drop));
        // It says so a little before it does. Were that not enough, the login below would be missed, and the test fail.
        std::thread::sleep(SETTLE);
        Ok(Self { tshark, file, port })
    }

    /// Ends it, with what the kernel still holds of it.
    fn stop(&mut self) -> Result<(), Failed> {
        std::thread::sleep(SETTLE);
        say("kill", &["-INT", &self.tshark.id().to_string()])?;
        self.tshark.wait()?;
        Ok(())
    }

    /// Fields of the packets that a display filter picks, a line each, `;` between them and `,` between repeats.
    fn fields(&self, filter: &str, fields: &[&str]) -> Result<Vec<Vec<String>>, Failed> {
        let file = self.file.path().to_str().ok_or("a file name that is no text")?;
        let port = format!("tcp.port=={},iscsi", self.port);
        let mut args = vec!["-r", file, "-d", &port, "-Y", filter, "-T", "fields", "-E", "separator=;"];
        fields.iter().for_each(|field| args.extend(["-e", field]));
        let said = Command::new("tshark").args(&args).output()?;
        if !said.status.success() {
            return Err(String::from_utf8_lossy(&said.stderr).into_owned().into());
        }
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        Ok(text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect())
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        drop(self.tshark.kill());
        drop(self.tshark.wait());
    }
}

/// A question, asked again as long as there are unit attentions.
fn ask<Q: Query>(drive: &mut Initiator, query: &Q) -> Result<Q::Reply, Failed> {
    let mut last = String::new();
    for _ in 0..4 {
        match drive.query(query, Duration::from_secs(30)) {
            Ok(reply) => return Ok(reply),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last.into())
}

fn agrees_with_us() -> Result<(), Failed> {
    let served = Served::with(Some("finalised-cdr-multi"))?;
    let mut capture = Capture::start(served.port())?;
    say("iscsi-ls", &["-s", &served.portal()])?;
    for page in ["0", "128", "131"] {
        say("iscsi-inq", &["-e", "1", "-c", page, &served.url()])?;
    }
    for family in ["Inquiry", "Read10", "iSCSIResiduals"] {
        run("iscsi-test-cu", &["-t", &format!("ALL.{family}"), &served.url()])?;
    }
    let mut drive = Initiator::connect(&served.url().parse()?, Options::default())?;
    // From here Wireshark knows which command set this is.
    ask(&mut drive, &Inquiry { allocation: 36, ..Inquiry::default() })?;
    let information = ask(&mut drive, &ReadDiscInformation::standard(34))?;
    let toc = ask(&mut drive, &ReadToc::whole(TocFormat::TOC, 804))?;
    let configuration =
        ask(&mut drive, &GetConfiguration { allocation: 0xFFFF, ..GetConfiguration::default() })?;
    drop(drive);
    capture.stop()?;

    let pdus = capture.fields("iscsi", &["frame.number"])?.len();
    if pdus < 300 {
        return Err(format!("{pdus} packets with iSCSI are no whole conversation").into());
    }
    // libiscsi asks for 64 bytes of a page before it knows how long it is. What does not fit is cut, the length in the
    // page is not (SPC "Allocation length"), and Wireshark reads on beyond the end.
    let cut = |packet: &Vec<String>| {
        let [_, bytes, information] = packet.as_slice() else { return false };
        bytes == "64" && information.contains("Inquiry Response Data")
    };
    let malformed =
        capture.fields("_ws.malformed", &["frame.number", "iscsi.datasegmentlength", "_ws.col.Info"])?;
    let malformed: Vec<_> = malformed.into_iter().filter(|packet| !cut(packet)).collect();
    equal("malformed packets", &Vec::new(), &malformed)?;
    let target = capture.fields("iscsi.opcode == 0x24", &["iscsi.keyvalue"])?;
    if !target.iter().flatten().any(|keys| keys.contains(&format!("TargetName={TARGET}"))) {
        return Err(format!("no TargetName in {target:?}").into());
    }

    let seen = capture.fields(
        "scsi_mmc.disc_info.disk_status",
        &[
            "scsi_mmc.disc_info.erasable",
            "scsi_mmc.disc_info.state_of_last_session",
            "scsi_mmc.disc_info.disk_status",
            "scsi_mmc.first_track",
            "scsi_mmc.disc_info.number_of_sessions",
            "scsi_mmc.disc_info.first_track_in_last_session",
            "scsi_mmc.disc_info.last_track_in_last_session",
        ],
    )?;
    let ours = [
        u16::from(information.erasable),
        information.last_session as u16,
        information.status as u16,
        information.first_track.into(),
        information.sessions,
        information.first_track_in_last_session,
        information.last_track_in_last_session,
    ];
    equal("READ DISC INFORMATION", &ours.map(u64::from).to_vec(), &numbers(&seen)?)?;

    let TocReply::Tracks(toc) = toc else { return Err("this is no table of contents".into()) };
    let seen = capture.fields(
        "scsi_mmc.track_start_address && scsi_mmc.first_track",
        &["scsi_mmc.first_track", "scsi_mmc.readtoc.last_track", "scsi_mmc.track_start_address"],
    )?;
    let mut ours = vec![u64::from(toc.first_track), u64::from(toc.last_track)];
    ours.extend(toc.tracks.iter().map(|track| match track.start {
        TocAddress::Lba(lba) => u64::from(lba.0.cast_unsigned()),
        TocAddress::Msf(_) => u64::MAX,
    }));
    equal("READ TOC", &ours, &numbers(&seen)?)?;

    let seen = capture.fields(
        "scsi_mmc.getconf.current_profile",
        &["scsi_mmc.getconf.current_profile", "scsi_mmc.feature"],
    )?;
    let mut ours = vec![u64::from(configuration.current_profile.0)];
    ours.extend(configuration.features.iter().map(|feature| u64::from(feature.code().0)));
    equal("GET CONFIGURATION", &ours, &numbers(&seen)?)
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), Failed> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}: ours {ours:?}, Wireshark's {theirs:?}").into()) }
}

/// All numbers of the first line, as Wireshark prints them: decimal, hexadecimal or a Boolean.
fn numbers(lines: &[Vec<String>]) -> Result<Vec<u64>, Failed> {
    let line = lines.first().ok_or("Wireshark has not seen it")?;
    line.iter()
        .flat_map(|field| field.split(','))
        .map(|text| match (text, text.strip_prefix("0x")) {
            ("True", _) => Ok(1),
            ("False", _) => Ok(0),
            (_, Some(digits)) => Ok(u64::from_str_radix(digits, 16)?),
            (_, None) => Ok(text.parse()?),
        })
        .collect()
}
