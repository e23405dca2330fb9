//! Mode page 2Ah, made from the personality and the speeds in force.

use mmc_wire::block::mode::{Capabilities, ModePage, PageBody, PageData, RotationControl, SpeedDescriptor};
use mmc_wire::command::PageControl;

use crate::drive::Drive;
use crate::personality::WriteSpeed;
use crate::speed::write_speeds;

/// Volume levels of a drive with analogue audio, whose volume and mute are set port by port (page 2Ah of
/// Pioneer's BDR-203 command reference and of a PLEXTOR PX-W4824A, linux-kernel mailing list).
pub(in crate::handle) const AUDIO_VOLUME_LEVELS: u16 = 256;

impl Drive {
    /// MMC "MM Capabilities and Mechanical Status Page". Nothing of it can be changed; its defaults
    /// are its values.
    pub(super) fn capabilities(&self, control: PageControl) -> ModePage {
        let page = self.capabilities_in_force();
        if control != PageControl::CHANGEABLE {
            return ModePage::new(page);
        }
        let bytes = vec![0; usize::from(page.page_bytes)];
        ModePage { savable: false, data: PageData::Other { code: Capabilities::CODE, bytes } }
    }

    fn capabilities_in_force(&self) -> Capabilities {
        let abilities = &self.personality.abilities;
        let speeds = &self.personality.speeds;
        let available = write_speeds(speeds, self.disc().map(|disc| disc.kind));
        let in_force = self.speed.write_in_force(available);
        let write_speed = in_force.map_or(0, |speed| speed.kbps);
        let listed = if speeds.in_mode_page { available } else { &[] };
        let descriptors: Vec<SpeedDescriptor> = listed
            .iter()
            .map(|speed| SpeedDescriptor {
                rotation: RotationControl(speed.rotation_control()),
                speed: speed.kbps,
            })
            .collect();
        const CD_R_CD_RW_METHOD_2: u8 = 0b111;
        const AUDIO_PLAY: u8 = 1;
        const SEPARATE_VOLUME_AND_MUTE: u8 = 0b11;
        let audio = abilities.analogue_audio;
        Capabilities {
            reads: CD_R_CD_RW_METHOD_2,
            test_write: abilities.test_write,
            writes_cd_rw: abilities.cd_rw_sub_types != 0,
            writes_cd_r: abilities.track_at_once.is_some(),
            buffer_underrun_free: abilities.buffer_underrun_free,
            multi_session: true,
            mode_2_form_2: true,
            mode_2_form_1: true,
            audio_outputs: if audio { AUDIO_PLAY } else { 0 },
            changer_and_volume: if audio { SEPARATE_VOLUME_AND_MUTE } else { 0 },
            volume_levels: if audio { AUDIO_VOLUME_LEVELS } else { 0 },
            catalogue_number: true,
            recording_code: true,
            c2_pointers: abilities.c2,
            rw_corrected: abilities.rw_sub_channel,
            rw: abilities.rw_sub_channel,
            accurate_stream: true,
            cdda: true,
            loading_mechanism: abilities.loading_mechanism,
            eject: true,
            locked: self.loader.locked,
            lock: true,
            max_read_speed: speeds.read,
            buffer_kb: speeds.buffer_kb,
            read_speed: self.speed.read_in_force(speeds.read),
            max_write_speed: available.iter().map(|speed| speed.kbps).max().unwrap_or(0),
            old_write_speed: write_speed,
            rotation: RotationControl(in_force.map_or(0, WriteSpeed::rotation_control)),
            write_speed,
            ..Capabilities::default()
        }
        .with_write_speeds(&descriptors)
    }
}
