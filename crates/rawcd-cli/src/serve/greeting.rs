//! What a server prints when it is ready: where it is, and how to get there from each kind of host.

use std::net::SocketAddr;

/// What there is to know of a server.
#[derive(Debug)]
pub struct Greeting<'a> {
    pub target: &'a str,
    pub address: SocketAddr,
    pub drive: &'a str,
    pub disc: &'a str,
    pub control: &'a str,
    /// Name of the initiator's user, with CHAP.
    pub chap: Option<&'a str>,
}

impl core::fmt::Display for Greeting<'_> {
    /// The first line is for scripts, too: when it is there, the server listens.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { target, address, drive, disc, control, .. } = self;
        let port = address.port();
        let host = if address.ip().is_unspecified() { "HOST".to_owned() } else { address.ip().to_string() };
        let portal = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        writeln!(f, "serving {target} at {address}")?;
        writeln!(f, "  drive    {drive}")?;
        writeln!(f, "  disc     {disc}")?;
        writeln!(f, "  control  rawcd ctl --socket {control} status")?;
        if host == "HOST" {
            writeln!(f, "  below, HOST is a name or address of this machine")?;
        }
        let user = self.chap.map_or(String::new(), |user| format!("{user}@"));
        writeln!(f, "libiscsi")?;
        if self.chap.is_some() {
            writeln!(f, "  export LIBISCSI_CHAP_PASSWORD=…")?;
        }
        writeln!(f, "  iscsi-ls -s iscsi://{user}{portal}")?;
        writeln!(f, "  iscsi-inq iscsi://{user}{portal}/{target}/0")?;
        writeln!(f, "QEMU")?;
        let secret = self.chap.map_or(String::new(), |user| {
            format!(" -object secret,id=chap,file=… -iscsi user={user},password-secret=chap")
        });
        writeln!(
            f,
            "  qemu-system-x86_64 …{secret} -drive if=none,id=cd,format=raw,file=iscsi://{portal}/{target}/0 \
             -device virtio-scsi-pci -device scsi-block,drive=cd"
        )?;
        self.linux(f, &portal)?;
        writeln!(f, "Windows, as administrator")?;
        match self.chap {
            None => writeln!(f, "  iscsicli AddTargetPortal {host} {port}\n  iscsicli QLoginTarget {target}"),
            // The stars are what is left to Windows: adapter, its port, flags, digests, connections, two times.
            Some(user) => writeln!(
                f,
                "  iscsicli AddTargetPortal {host} {port} * * * * * * * * * {user} … 1\n  \
                 iscsicli QLoginTarget {target} {user} …"
            ),
        }
    }
}

impl Greeting<'_> {
    fn linux(&self, f: &mut core::fmt::Formatter<'_>, portal: &str) -> core::fmt::Result {
        let node = format!("iscsiadm -m node -T {} -p {portal}", self.target);
        writeln!(f, "Linux, as root")?;
        match self.chap {
            None => writeln!(f, "  iscsiadm -m discovery -t sendtargets -p {portal}")?,
            // Discovery asks for the secret, too, and that would have to be configured first.
            Some(user) => {
                writeln!(f, "  {node} -o new")?;
                for (key, value) in [("authmethod", "CHAP"), ("username", user), ("password", "…")] {
                    writeln!(f, "  {node} -o update -n node.session.auth.{key} -v {value}")?;
                }
            }
        }
        writeln!(f, "  {node} --login")
    }
}
