//! Which discs PrepareMedia takes.

/// What PrepareMedia does with a disc that already holds a session.
///
/// Microsoft's text contradicts itself: the error table of `PrepareMedia` knows blank discs only, while
/// the remarks of `get_StartOfNextSession` speak of the lead-ins of later sessions. Both are to be
/// had; the table is the default.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum MediaPolicy {
    /// Only blank discs: anything else is `E_IMAPI_DF2RAW_MEDIA_IS_NOT_BLANK`.
    #[default]
    BlankOnly,
    /// Appendable discs too, on a drive whose CD Mastering feature (002Eh) says RAW and RAW
    /// multi-session (MMC "CD Mastering Feature"); elsewhere as [`BlankOnly`](Self::BlankOnly).
    Appendable,
}
