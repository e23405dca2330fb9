//! A simulated drive with a blank disc on the network: `cargo run -p scsi-iscsi --example serve`, then
//! `iscsi-ls -s iscsi://127.0.0.1:3260`.

use mmc_sim::{DiscKind, Drive, Personality, Scene};
use scsi_iscsi::login::LoginPolicy;
use scsi_iscsi::unit::LogicalUnit;
use scsi_iscsi::{Server, ServerOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scene = Scene::blank(DiscKind::CdR, "97:26:66".parse()?, "79:59:74".parse()?);
    let drive = Drive::new(Personality::reference(), &scene)?;
    let mut options = ServerOptions::new(LoginPolicy::new("iqn.2026-11.com.example:drive"));
    options.prompt = true;
    let server = Server::bind(LogicalUnit::new(drive), options)?;
    println!("listening on {}", server.local_addr());
    server.run()?;
    Ok(())
}
