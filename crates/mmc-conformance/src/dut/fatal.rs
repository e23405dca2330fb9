//! Commands that some drives do not survive, although all they do is read.
//!
//! No standard knows of these; the rows are what authors of burning programs met. A row names more drives
//! rather than fewer: what is not asked is told as ignored, what hangs takes the bus with it.

use mmc_wire::Command;
use mmc_wire::command::TocFormat;

use super::inspect::InDrive;
use crate::deviation::Identity;
use crate::fixture::{Fixture, Step};
use crate::glob::matches;

/// A command that is not sent to a drive.
struct Fatal {
    /// Patterns of INQUIRY vendor and product.
    drives: &'static [(&'static str, &'static str)],
    /// The command.
    is: fn(&Command) -> bool,
    /// The disc with which it is fatal.
    with: fn(&InDrive) -> bool,
    /// What the drive does.
    reason: &'static str,
    /// Who says so.
    source: &'static str,
}

const TABLE: &[Fatal] = &[
    Fatal {
        drives: &[("PIONEER", "*DVR-110*")],
        is: |command| matches!(command, Command::ReadDiscStructure(_)),
        with: is_cd,
        reason: "READ DISC STRUCTURE with a CD in it hangs this drive",
        source: "notes on drives of cdrtools, Pioneer DVR-110",
    },
    Fatal {
        drives: &[("MATSHITA", "*CW-7502*"), ("PANASONIC", "*CW-7502*")],
        is: |command| matches!(command, Command::ReadToc(cdb) if cdb.effective_format() == TocFormat::PMA),
        with: is_blank,
        reason: "READ TOC/PMA/ATIP of the PMA of a blank disc crashes this drive",
        source: "notes on drives of cdrdao and cdrtools, Panasonic CW-7502",
    },
    // The firmware in question is of November 2009; INQUIRY does not tell which revisions that are.
    Fatal {
        drives: &[("PIONEER", "*"), ("PLEXTOR", "*"), ("TEAC", "*")],
        is: |command| matches!(command, Command::ReadBufferCapacity(_)),
        with: |_| true,
        reason: "READ BUFFER CAPACITY before the buffer was full once makes some of this vendor's drives lose data",
        source: "notes on drives of cdrtools, firmware of November 2009",
    },
];

/// Why a case is not run on a drive: one of its commands is known not to be survived.
pub fn fatal(fixture: &Fixture, drive: &Identity, disc: &InDrive) -> Option<String> {
    let mut commands = fixture.steps.iter().filter_map(|step| match step {
        Step::Send { cdb, .. } => Some(&cdb.0[..]),
        // The one call that sends one of these.
        Step::Call { member, .. } if member == "ReadDvdStructure" => Some(&[0xAD; 1][..]),
        _ => None,
    });
    commands.find_map(|cdb| refusal(cdb, drive, disc))
}

/// Why a command is not sent to this drive with this disc.
pub fn refusal(cdb: &[u8], drive: &Identity, disc: &InDrive) -> Option<String> {
    // What a drive reads in a CDB with an illegal field, nobody knows: the bits around it are taken out.
    let command = Command::parse(cdb).or_else(|_| Command::parse(&bare(cdb))).ok()?;
    let fits = |fatal: &&Fatal| {
        fatal
            .drives
            .iter()
            .any(|(vendor, product)| matches(vendor, &drive.vendor) && matches(product, &drive.product))
            && (fatal.is)(&command)
            && (fatal.with)(disc)
    };
    let fatal = TABLE.iter().find(fits)?;
    Some(format!("{} ({})", fatal.reason, fatal.source))
}

/// The CDB with nothing but its operation code and, of READ TOC/PMA/ATIP, its format; as long as it should be.
fn bare(cdb: &[u8]) -> Vec<u8> {
    let opcode = cdb.first().copied().unwrap_or(0);
    let mut bare = vec![0; mmc_wire::command::cdb_bytes(opcode)];
    for (at, mask) in [(0, 0xFF), (2, 0x0F), (9, 0xC0)] {
        if let (Some(to), Some(from)) = (bare.get_mut(at), cdb.get(at)) {
            *to = from & mask;
        }
    }
    bare
}

/// A CD, or what might be one.
fn is_cd(disc: &InDrive) -> bool {
    match disc {
        InDrive::Nothing => false,
        InDrive::Disc(seen) => seen.kind.is_some(),
        InDrive::Unknown(_) => true,
    }
}

fn is_blank(disc: &InDrive) -> bool {
    match disc {
        InDrive::Nothing => false,
        InDrive::Disc(seen) => seen.status == "blank",
        InDrive::Unknown(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use mmc_sim::{DiscKind, Drive, Personality, Scene};

    use super::super::inspect::inspect;
    use super::*;
    use crate::literal::Hex;

    fn drive(vendor: &str, product: &str) -> Identity {
        Identity { vendor: vendor.into(), product: product.into(), ..Identity::default() }
    }

    fn blank() -> InDrive {
        let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse().unwrap(), "79:59:74".parse().unwrap());
        inspect(&mut Drive::new(Personality::reference(), &scene).unwrap()).unwrap()
    }

    fn refused(cdb: &str, drive: &Identity, disc: &InDrive) -> bool {
        refusal(&Hex::read(cdb).unwrap().0, drive, disc).is_some()
    }

    const DISC_STRUCTURE: &str = "AD 00 00 00 00 00 00 00 00 04 00 00";
    const PMA: &str = "43 00 03 00 00 00 00 00 FF 00";
    const BUFFER: &str = "5C 00 00 00 00 00 00 00 0C 00";

    #[test]
    fn each_row_holds_of_its_drive_and_of_no_other() {
        let pioneer = drive("PIONEER", "DVD-RW  DVR-110D");
        let panasonic = drive("MATSHITA", "CD-R   CW-7502");
        let other = drive("LITE-ON", "LTR-12101B");
        for (cdb, of) in [(DISC_STRUCTURE, &pioneer), (PMA, &panasonic), (BUFFER, &pioneer)] {
            assert!(refused(cdb, of, &blank()), "{cdb}");
            assert!(!refused(cdb, &other, &blank()), "{cdb}");
        }
        assert!(!refused(PMA, &pioneer, &blank()) && !refused(DISC_STRUCTURE, &panasonic, &blank()));
    }

    #[test]
    fn the_disc_counts() {
        let pioneer = drive("PIONEER", "DVD-RW  DVR-110D");
        let panasonic = drive("MATSHITA", "CD-R   CW-7502");
        assert!(!refused(DISC_STRUCTURE, &pioneer, &InDrive::Nothing));
        assert!(!refused(PMA, &panasonic, &InDrive::Nothing));
        // Who knows what that is.
        assert!(refused(PMA, &panasonic, &InDrive::Unknown("3/02/00".into())));
        let InDrive::Disc(mut seen) = blank() else { panic!("a blank disc was put in") };
        "appendable".clone_into(&mut seen.status);
        assert!(!refused(PMA, &panasonic, &InDrive::Disc(seen.clone())));
        seen.kind = None;
        assert!(!refused(DISC_STRUCTURE, &pioneer, &InDrive::Disc(seen)));
    }

    /// The format's old place, a reserved bit, another length: the drive may do it all the same.
    #[test]
    fn the_command_is_known_in_every_dress() {
        let panasonic = drive("MATSHITA", "CD-R   CW-7502");
        for cdb in [
            "43 00 00 00 00 00 00 00 FF C0",
            "43 00 03 FF FF FF FF 00 FF 00",
            "43 FF 03 00 00 00 00 00 FF 00",
            "43 00 03",
        ] {
            assert!(refused(cdb, &panasonic, &blank()), "{cdb}");
        }
        assert!(!refused("43 00 04 00 00 00 00 00 1C 00", &panasonic, &blank()));
        assert!(!refused("", &panasonic, &blank()));
    }
}
