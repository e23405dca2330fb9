//! The Q channel's frame: 12 bytes a sector that say where on the disc this is.
//!
//! Sources: ECMA-130 22.3 "Q-channel", IEC 60908, MMC "Sub-channel Q" (mode 1, 2, 3, 5).

use crate::address::{Bcd, Msf};
use crate::crc::crc16_of_q;
use crate::toc::{Adr, Control, Point, TocEntry};

use super::codes::{Isrc, Mcn};

/// TNO of the lead-out, not a BCD number.
pub const LEAD_OUT_TNO: u8 = 0xAA;

/// Why bytes are no Q frame, or a frame cannot say something.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QError {
    /// A byte of a frame that is not two decimal digits.
    #[error("Q byte {byte} is {value:02X}: expected {field} as two decimal digits")]
    NotBcd {
        /// Position in the frame.
        byte: u8,
        /// What the frame has there.
        value: u8,
        /// What should be there.
        field: &'static str,
    },
    /// Three bytes of a frame that are no time.
    #[error("Q bytes {byte} to {}: expected {field}, seen {}:{}:{}", byte + 2, value[0], value[1], value[2])]
    NotATime {
        /// Position of the first.
        byte: u8,
        /// Their numbers, decoded.
        value: [u8; 3],
        /// What should be there.
        field: &'static str,
    },
    /// A six-bit character that is neither digit nor letter.
    #[error("ISRC character {character} is {value:02X}: expected 00 to 09 or 11 to 2A")]
    NotACharacter {
        /// Which, from 1.
        character: u8,
        /// Its six bits.
        value: u8,
    },
    /// An ADR that says nothing about the program area.
    #[error("ADR {}: expected 1, 2, 3 or 5", .0.nibble())]
    UnknownAdr(Adr),
    /// A number that the field cannot show.
    #[error("{field} {value}: expected 0 to 99")]
    TooLarge {
        /// Which.
        field: &'static str,
        /// The number.
        value: u8,
    },
}

/// Which CRC a frame carries.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CrcState {
    /// The right one, inverted as on disc.
    Good,
    /// The remainder itself: libburn and cdrdao send it so in 16-byte sub-channel blocks, and drives
    /// write the right one.
    NotInverted,
    /// Another.
    Bad,
}

/// A frame of the Q channel, its bytes as they came.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct QFrame([u8; 12]);

/// What a frame of the Q channel says. Times and numbers are binary.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QContent {
    /// ADR 1 in program area and lead-out.
    Position {
        /// Track 1 to 99, or [`LEAD_OUT_TNO`].
        tno: u8,
        /// Index, 0 in the pause.
        index: u8,
        /// Time since index 1, or in the pause until it.
        relative: Msf,
        /// Time on the disc.
        absolute: Msf,
    },
    /// ADR 1 or 5 with TNO 0: an entry of the table of contents, its session not known (0).
    Toc(TocEntry),
    /// ADR 2: the disc's catalogue number.
    Mcn {
        /// The number.
        mcn: Mcn,
        /// AFRAME, the frame of the absolute time.
        frame: u8,
    },
    /// ADR 3: the track's recording code.
    Isrc {
        /// The code.
        isrc: Isrc,
        /// AFRAME, the frame of the absolute time.
        frame: u8,
    },
}

impl QFrame {
    /// Bytes of a frame, CRC included.
    pub const BYTES: usize = 12;

    /// The frame of these bytes, right or not.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// CONTROL, ADR and nine bytes of data, with the CRC that they ask for.
    pub const fn seal(body: [u8; 10]) -> Self {
        let [hi, lo] = (!crc16_of_q(&body)).to_be_bytes();
        let [a, b, c, d, e, f, g, h, i, j] = body;
        Self([a, b, c, d, e, f, g, h, i, j, hi, lo])
    }

    /// ADR 1 in program area and lead-out. `tno` is 1 to 99 or [`LEAD_OUT_TNO`], `index` 0 to 99.
    pub fn position(
        control: Control,
        tno: u8,
        index: u8,
        relative: Msf,
        absolute: Msf,
    ) -> Result<Self, QError> {
        let tno = if tno == LEAD_OUT_TNO { tno } else { encode("track", tno)? };
        let [m, s, f] = bcd_time(relative);
        let [am, asec, af] = bcd_time(absolute);
        let head = head(control, Adr::POSITION);
        Ok(Self::seal([head, tno, encode("index", index)?, m, s, f, 0, am, asec, af]))
    }

    /// An entry of lead-in or PMA: TNO, POINT and two times.
    ///
    /// Numbers become BCD except where the disc has bits: the disc type in A0, ATIP bytes in C0 and
    /// C1. FFh, "none" in B0, stays FFh.
    pub fn toc(entry: &TocEntry) -> Result<Self, QError> {
        let form = Form::of(entry.adr, entry.point);
        let number = |field, value| if value == 0xFF { Ok(value) } else { encode(field, value) };
        let point = if entry.point.0 > 99 { entry.point.0 } else { encode("point", entry.point.0)? };
        let mut body =
            [head(entry.control, entry.adr), number("track", entry.tno)?, point, 0, 0, 0, 0, 0, 0, 0];
        let values = [entry.time[0], entry.time[1], entry.time[2], entry.zero]
            .into_iter()
            .chain(entry.p_time)
            .zip(TOC_FIELDS)
            .enumerate();
        for (n, (value, field)) in values {
            body[3 + n] = if form.is_bits(n) { value } else { number(field, value)? };
        }
        Ok(Self::seal(body))
    }

    /// ADR 2: the disc's catalogue number. Of the time only the frame remains.
    pub fn mcn(control: Control, mcn: &Mcn, absolute: Msf) -> Self {
        Self::seal(mcn_body(head(control, Adr::CATALOGUE), mcn, absolute))
    }

    /// ADR 3: the track's recording code. Of the time only the frame remains.
    pub fn isrc(control: Control, isrc: &Isrc, absolute: Msf) -> Self {
        Self::seal(isrc_body(head(control, Adr::ISRC), isrc, absolute))
    }

    /// The bytes as they stand on the disc.
    pub const fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0
    }

    /// What kind of track.
    pub const fn control(self) -> Control {
        Control::new(self.0[0] >> 4)
    }

    /// What the other bytes mean.
    pub const fn adr(self) -> Adr {
        Adr::new(self.0[0])
    }

    /// The ten bytes that the CRC covers.
    pub const fn body(self) -> [u8; 10] {
        let [body @ .., _, _] = self.0;
        body
    }

    /// Whether the CRC is the one that the other bytes ask for.
    pub const fn crc_ok(self) -> bool {
        matches!(self.crc_state(), CrcState::Good)
    }

    /// Which CRC this is.
    pub const fn crc_state(self) -> CrcState {
        let [.., hi, lo] = self.0;
        let (seen, remainder) = (u16::from_be_bytes([hi, lo]), crc16_of_q(&self.body()));
        if seen == !remainder {
            CrcState::Good
        } else if seen == remainder {
            CrcState::NotInverted
        } else {
            CrcState::Bad
        }
    }

    /// What the frame says, whatever its CRC.
    ///
    /// ADR comes before TNO: a catalogue number that begins with 00 is not a lead-in.
    pub fn content(self) -> Result<QContent, QError> {
        let q = self.0;
        match self.adr() {
            Adr::CATALOGUE => {
                let mut digits = [0; 13];
                for (n, digit) in digits.iter_mut().enumerate() {
                    *digit = self.nibble(2 + n, "digit")?;
                }
                let mcn = Mcn::from_digits(digits).ok_or(not_bcd(1, q[1], "digit"))?;
                Ok(QContent::Mcn { mcn, frame: self.number(9, "frame")? })
            }
            Adr::ISRC => Ok(QContent::Isrc { isrc: self.read_isrc()?, frame: self.number(9, "frame")? }),
            Adr::POSITION if q[1] != 0 => Ok(QContent::Position {
                tno: if q[1] == LEAD_OUT_TNO { LEAD_OUT_TNO } else { self.number(1, "track")? },
                index: self.number(2, "index")?,
                relative: self.time(3, "a relative time")?,
                absolute: self.time(7, "an absolute time")?,
            }),
            Adr::POSITION | Adr::MULTI_SESSION => self.toc_entry(0).map(QContent::Toc),
            adr => Err(QError::UnknownAdr(adr)),
        }
    }

    /// The frame as an entry of session `session`'s lead-in, or with 0 of the PMA: numbers binary.
    pub fn toc_entry(self, session: u8) -> Result<TocEntry, QError> {
        let q = self.0;
        let number = |byte: usize, field| if q[byte] == 0xFF { Ok(0xFF) } else { self.number(byte, field) };
        let point = Point(if q[2] >= 0xA0 { q[2] } else { self.number(2, "point")? });
        let form = Form::of(self.adr(), point);
        let mut values = [0; 7];
        for (n, (value, field)) in values.iter_mut().zip(TOC_FIELDS).enumerate() {
            *value = if form.is_bits(n) { q[3 + n] } else { number(3 + n, field)? };
        }
        let [m, s, f, zero, p_m, p_s, p_f] = values;
        let mut entry = TocEntry::new(session, self.adr(), self.control(), point)
            .with_time([m, s, f])
            .with_p_time([p_m, p_s, p_f]);
        entry.tno = number(1, "track")?;
        entry.zero = zero;
        Ok(entry)
    }

    fn number(self, byte: usize, field: &'static str) -> Result<u8, QError> {
        let value = self.0[byte];
        Bcd::from_byte(value).map(Bcd::decode).ok_or(not_bcd(byte, value, field))
    }

    /// Nibble `n` of the frame, counted from CONTROL.
    fn nibble(self, n: usize, field: &'static str) -> Result<u8, QError> {
        let byte = self.0[n / 2];
        let digit = if n.is_multiple_of(2) { byte >> 4 } else { byte & 0x0F };
        if digit <= 9 { Ok(digit) } else { Err(not_bcd(n / 2, byte, field)) }
    }

    fn time(self, byte: usize, field: &'static str) -> Result<Msf, QError> {
        let [m, s, f] =
            [self.number(byte, field)?, self.number(byte + 1, field)?, self.number(byte + 2, field)?];
        Msf::new(m, s, f).map_err(|_| QError::NotATime { byte: byte as u8, value: [m, s, f], field })
    }

    fn read_isrc(self) -> Result<Isrc, QError> {
        let q = self.0;
        let bits = u32::from_be_bytes([q[1], q[2], q[3], q[4]]);
        let mut ascii = [0; 12];
        for (n, character) in ascii.iter_mut().enumerate() {
            *character = if n < 5 {
                let value = (bits >> (26 - 6 * n) & 0x3F) as u8;
                let ascii = value + b'0';
                if !ascii.is_ascii_digit() && !ascii.is_ascii_uppercase() {
                    return Err(QError::NotACharacter { character: n as u8 + 1, value });
                }
                ascii
            } else {
                self.nibble(10 + n - 5, "digit")? + b'0'
            };
        }
        Isrc::from_ascii(ascii).ok_or(QError::NotACharacter { character: 1, value: ascii[0] })
    }
}

pub(super) const fn head(control: Control, adr: Adr) -> u8 {
    control.nibble() << 4 | adr.nibble()
}

pub(super) fn mcn_body(head: u8, mcn: &Mcn, absolute: Msf) -> [u8; 10] {
    let mut body = [0; 10];
    body[0] = head;
    for (n, digit) in mcn.digits().iter().enumerate() {
        body[1 + n / 2] |= if n % 2 == 0 { digit << 4 } else { *digit };
    }
    body[9] = bcd(absolute.frame());
    body
}

pub(super) fn isrc_body(head: u8, isrc: &Isrc, absolute: Msf) -> [u8; 10] {
    let (prefix, digits) = isrc.ascii().split_at(5);
    let bits = prefix.iter().fold(0u32, |bits, ascii| bits << 6 | u32::from(ascii - b'0')) << 2;
    let mut body = [0; 10];
    body[0] = head;
    body[1..5].copy_from_slice(&bits.to_be_bytes());
    for (n, ascii) in digits.iter().enumerate() {
        let digit = ascii - b'0';
        body[5 + n / 2] |= if n % 2 == 0 { digit << 4 } else { digit };
    }
    body[9] = bcd(absolute.frame());
    body
}

/// `n` below 100 as two decimal digits.
const fn bcd(n: u8) -> u8 {
    n / 10 * 16 + n % 10
}

fn bcd_time(time: Msf) -> [u8; 3] {
    time.fields().map(bcd)
}

fn encode(field: &'static str, value: u8) -> Result<u8, QError> {
    Bcd::encode(value).map(Bcd::byte).ok_or(QError::TooLarge { field, value })
}

const fn not_bcd(byte: usize, value: u8, field: &'static str) -> QError {
    QError::NotBcd { byte: byte as u8, value, field }
}

const TOC_FIELDS: [&str; 7] = ["MIN", "SEC", "FRAME", "ZERO", "PMIN", "PSEC", "PFRAME"];

/// Which of the seven bytes behind POINT are bits and not decimal digits.
#[derive(Clone, Copy)]
struct Form(u8);

impl Form {
    const fn of(adr: Adr, point: Point) -> Self {
        Self(match (adr, point) {
            (Adr::POSITION, Point::A0) => 0b010_0000, // PSEC: disc type 10h, 20h
            (Adr::MULTI_SESSION, Point::C0) => 0b000_0111, // ATIP special information 1
            (Adr::MULTI_SESSION, Point::C1) => 0b111_1111, // ATIP additional information 1
            _ => 0,
        })
    }

    const fn is_bits(self, n: usize) -> bool {
        self.0 >> n & 1 != 0
    }
}

#[cfg(test)]
mod tests;
