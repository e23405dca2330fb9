//! `rawcd disc import`: a disc file from an image, recorded as a drive records it.

use std::process::ExitCode;

use super::new;
use crate::args::disc::{Burn, Import, Onto, Policy};
use crate::burn;
use crate::failure::Failure;

pub fn run(options: &Import) -> Result<ExitCode, Failure> {
    let held = new::hold(&options.disc, "rawcd disc import")?;
    let disc = new::build(&options.disc)?;
    let burn = Burn {
        image: options.image.clone(),
        onto: Onto {
            disc: Some(options.disc.file.clone()),
            device: None,
            personality: "reference".to_owned(),
        },
        sector_type: None,
        lead_in_sectors: None,
        policy: Policy::BlankOnly,
        appendable: options.appendable,
        reading: options.reading.clone(),
        no_verify: false,
        strict: false,
        yes_write_this_disc: false,
    };
    burn::import(&burn, disc, held)
}
