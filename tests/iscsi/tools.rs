//! libiscsi's small tools.

use libtest_mimic::{Failed, Trial};
use mmc_sim::personality::NoMediumSense;
use mmc_sim::{Drive, Personality, Scene};
use scsi_iscsi::chap::Secret;
use scsi_iscsi::login::Auth;

use crate::program::{run, run_with, say, trial};
use crate::served::{Served, TARGET};

const PACKAGE: &str = "libiscsi-bin";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("iscsi_ls::names_the_target", "iscsi-ls", PACKAGE, || names_the_target(None)),
        trial("iscsi_ls::finds_a_portal_that_is_announced", "iscsi-ls", PACKAGE, finds_the_announced_portal),
        trial("iscsi_ls::sees_an_empty_drive", "iscsi-ls", PACKAGE, sees_an_empty_drive),
        trial("iscsi_inq::standard", "iscsi-inq", PACKAGE, standard_inquiry),
        trial("iscsi_inq::vital_product_data", "iscsi-inq", PACKAGE, vital_product_data),
        trial("iscsi_ls::gets_past_chap", "iscsi-ls", PACKAGE, || chap("a secret of length", true)),
        trial("iscsi_ls::does_not_get_past_chap_with_another_secret", "iscsi-ls", PACKAGE, || {
            chap("a secret of another", false)
        }),
        trial("iscsi_inq::gets_past_mutual_chap", "iscsi-inq", PACKAGE, mutual_chap),
        trial("iscsi_inq::header_digests", "iscsi-inq", PACKAGE, header_digests),
        trial("iscsi_readcapacity16::is_refused", "iscsi-readcapacity16", PACKAGE, read_capacity_16),
    ]
}

fn expect(text: &str, parts: &[&str]) -> Result<(), Failed> {
    match parts.iter().find(|part| !text.contains(**part)) {
        None => Ok(()),
        Some(part) => Err(format!("expected {part:?} in:\n{text}").into()),
    }
}

fn names_the_target(medium: Option<&str>) -> Result<(), Failed> {
    let served = Served::with(medium.or(Some("finalised-cdr-data")))?;
    let text = say("iscsi-ls", &["-s", &served.portal()])?;
    let portal = format!("Target:{TARGET} Portal:127.0.0.1:{},1", served.port());
    expect(&text, &[&portal, "Lun:0    Type:MMC"])
}

/// The first line of iscsi-ls is what SendTargets said; it goes to the portal that it was told of.
fn finds_the_announced_portal() -> Result<(), Failed> {
    let served = Served::of(crate::served::drive(None)?, |options| {
        options.portal = Some("drive.example:3260".to_owned());
    })?;
    let text = say("iscsi-ls", &[&served.portal()])?;
    expect(&text, &[&format!("Target:{TARGET} Portal:drive.example:3260,1")])
}

/// A drive that says 3A/00: the tool knows neither 3A/01 nor 3A/02, and takes them for a failure.
fn sees_an_empty_drive() -> Result<(), Failed> {
    let mut personality = Personality::reference();
    personality.habits.no_medium.is = NoMediumSense::Plain;
    let drive = Drive::new(personality, &Scene::default()).map_err(|error| error.to_string())?;
    let served = Served::of(drive, |_| {})?;
    let text = say("iscsi-ls", &["-s", &served.portal()])?;
    expect(&text, &["Lun:0    Type:MMC", "No media loaded"])
}

fn standard_inquiry() -> Result<(), Failed> {
    let served = Served::with(Some("blank-cdr-80"))?;
    let text = say("iscsi-inq", &[&served.url()])?;
    expect(
        &text,
        &["Peripheral Qualifier:CONNECTED", "Peripheral Device Type:MMC", "Removable:1", "Vendor:RawCD"],
    )
}

fn vital_product_data() -> Result<(), Failed> {
    let served = Served::with(Some("blank-cdr-80"))?;
    let page = |code| say("iscsi-inq", &["-e", "1", "-c", code, &served.url()]);
    expect(&page("0")?, &["SUPPORTED_VPD_PAGES", "UNIT_SERIAL_NUMBER", "DEVICE_IDENTIFICATION"])?;
    expect(&page("128")?, &["Unit Serial Number:["])?;
    expect(&page("131")?, &["SCSI_NAME_STRING", &format!("Designator:[{TARGET}"), "T10_VENDOR"])
}

/// A command of disks: an MMC drive does not know it, and the tool says so and ends.
fn read_capacity_16() -> Result<(), Failed> {
    let served = Served::with(Some("finalised-cdr-data"))?;
    let said = run("iscsi-readcapacity16", &[&served.url()])?;
    if said.well {
        return Err(format!("it took an answer for a capacity:\n{}", said.text).into());
    }
    expect(&said.text, &["readcapacity command"])
}

const OURS: &[u8] = b"a secret of length";
const THEIRS: &[u8] = b"the other direction";

fn with_chap(mutual: bool) -> Result<Served, Failed> {
    let secret = |bytes: &[u8]| Secret::new(bytes.to_vec()).map_err(|error| error.to_string());
    let mutual = if mutual { Some(("drive".to_owned(), secret(THEIRS)?)) } else { None };
    let auth = Auth::Chap { name: "burner".to_owned(), secret: secret(OURS)?, mutual };
    Served::of(crate::served::drive(None)?, |options| options.policy.auth = auth)
}

/// The discovery session has to show who it is too.
fn chap(secret: &str, passes: bool) -> Result<(), Failed> {
    let served = with_chap(false)?;
    let url = format!("iscsi://burner%{}@127.0.0.1:{}", secret.replace(' ', "%20"), served.port());
    let said = run_with("iscsi-ls", &[&url], &[])?;
    // Some versions take the secret from the environment only.
    let named = run_with(
        "iscsi-ls",
        &[&served.portal()],
        &[("LIBISCSI_CHAP_USERNAME", "burner"), ("LIBISCSI_CHAP_PASSWORD", secret)],
    )?;
    let text = said.text + &named.text;
    if named.well == passes {
        Ok(())
    } else {
        Err(format!("passes: {}, expected {passes}:\n{text}", named.well).into())
    }
}

fn mutual_chap() -> Result<(), Failed> {
    let served = with_chap(true)?;
    let (ours, theirs) = (std::str::from_utf8(OURS)?, std::str::from_utf8(THEIRS)?);
    let say = |theirs| {
        run_with(
            "iscsi-inq",
            &[&served.url()],
            &[
                ("LIBISCSI_CHAP_USERNAME", "burner"),
                ("LIBISCSI_CHAP_PASSWORD", ours),
                ("LIBISCSI_CHAP_TARGET_USERNAME", "drive"),
                ("LIBISCSI_CHAP_TARGET_PASSWORD", theirs),
            ],
        )
    };
    let said = say(theirs)?;
    if !said.well {
        return Err(said.text.into());
    }
    expect(&said.text, &["Vendor:RawCD"])?;
    if say("not the same secret")?.well {
        Err("the tool takes a target with another secret".into())
    } else {
        Ok(())
    }
}

fn header_digests() -> Result<(), Failed> {
    let served = Served::with(Some("blank-cdr-80"))?;
    let text = say("iscsi-inq", &[&format!("{}?header_digest=crc32c", served.url())])?;
    expect(&text, &["Vendor:RawCD"])
}
