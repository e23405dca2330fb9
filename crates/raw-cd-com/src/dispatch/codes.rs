//! Numbers of `IDispatch` (winerror.h, oleauto.h).

use raw_cd::HResult;

/// The interface asked about is not IID_NULL.
pub const DISP_E_UNKNOWNINTERFACE: HResult = HResult(0x8002_0001);
/// No member has this number, or none that is used this way.
pub const DISP_E_MEMBERNOTFOUND: HResult = HResult(0x8002_0003);
/// An argument has the wrong type.
pub const DISP_E_TYPEMISMATCH: HResult = HResult(0x8002_0005);
/// No member has this name.
pub const DISP_E_UNKNOWNNAME: HResult = HResult(0x8002_0006);
/// Named arguments are not understood.
pub const DISP_E_NONAMEDARGS: HResult = HResult(0x8002_0007);
/// The member failed; its own number is in `EXCEPINFO`.
pub const DISP_E_EXCEPTION: HResult = HResult(0x8002_0009);
/// A number does not fit.
pub const DISP_E_OVERFLOW: HResult = HResult(0x8002_000A);
/// There is no type description with this index.
pub const DISP_E_BADINDEX: HResult = HResult(0x8002_000B);
/// Too many or too few arguments.
pub const DISP_E_BADPARAMCOUNT: HResult = HResult(0x8002_000E);
/// A property put does not name its value.
pub const DISP_E_PARAMNOTOPTIONAL: HResult = HResult(0x8002_000F);

/// `DISPID_UNKNOWN`: what an unknown name is numbered.
pub const DISPID_UNKNOWN: i32 = -1;
/// `DISPID_PROPERTYPUT`: the name of the value in a property put.
pub const DISPID_PROPERTYPUT: i32 = -3;

/// `DISPATCH_METHOD`.
pub const DISPATCH_METHOD: u16 = 1;
/// `DISPATCH_PROPERTYGET`.
pub const DISPATCH_PROPERTYGET: u16 = 2;
/// `DISPATCH_PROPERTYPUT`.
pub const DISPATCH_PROPERTYPUT: u16 = 4;
