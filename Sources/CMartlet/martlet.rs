//! martlet.h for Rust: the same types, by the same names. The header says what each of them means.
//!
//! Copy this file beside your module, say `mod martlet;`, and build a `cdylib` with `panic = "abort"`: a panic must not unwind into
//! the host.

#![allow(non_camel_case_types, dead_code)]

use core::ffi::{c_char, c_int, c_void};

pub const MARTLET_ABI_VERSION: u32 = 1;

pub const MARTLET_OK: c_int = 0;
pub const MARTLET_ERROR_ARGUMENT: c_int = -1;
pub const MARTLET_ERROR_TOO_LARGE: c_int = -2;
pub const MARTLET_ERROR_FULL: c_int = -3;
pub const MARTLET_ERROR_STORAGE: c_int = -4;
pub const MARTLET_ERROR_NOT_FOUND: c_int = -5;
pub const MARTLET_ERROR_TIMEOUT: c_int = -6;
pub const MARTLET_ERROR_FAILED: c_int = -7;
pub const MARTLET_ERROR_THREAD: c_int = -8;

pub const MARTLET_LOG_ERROR: c_int = 3;
pub const MARTLET_LOG_WARNING: c_int = 4;
pub const MARTLET_LOG_INFO: c_int = 6;
pub const MARTLET_LOG_DEBUG: c_int = 7;

pub const MARTLET_READABLE: c_int = 1;
pub const MARTLET_WRITABLE: c_int = 2;
pub const MARTLET_HANG_UP: c_int = 4;
pub const MARTLET_PRIORITY: c_int = 8;
pub const MARTLET_BROKEN: c_int = 16;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct martlet_bytes {
    pub data: *const c_void,
    pub size: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct martlet_property {
    pub name: *const c_char,
    pub value: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct martlet_message {
    pub size: usize,
    pub name: *const c_char,
    pub body: martlet_bytes,
    pub properties: *const martlet_property,
    pub property_count: usize,
    pub system_properties: *const martlet_property,
    pub system_property_count: usize,
}

/// The host's side of one instance; opaque.
#[repr(C)]
pub struct martlet_instance {
    _opaque: [u8; 0],
}

/// One direct method call that waits for its answer; opaque.
#[repr(C)]
pub struct martlet_call {
    _opaque: [u8; 0],
}

pub type martlet_timer = u64;
pub type martlet_watch = u64;

pub type martlet_done = unsafe extern "C" fn(context: *mut c_void, result: c_int, version: u64);
pub type martlet_answer = unsafe extern "C" fn(context: *mut c_void, result: c_int, status: c_int, payload: martlet_bytes);
pub type martlet_fire = unsafe extern "C" fn(context: *mut c_void);
pub type martlet_watch_fire = unsafe extern "C" fn(context: *mut c_void, events: c_int);

#[repr(C)]
pub struct martlet_host_api {
    pub version: u32,
    pub size: u32,
    pub error_text: unsafe extern "C" fn(result: c_int) -> *const c_char,
    pub send: unsafe extern "C" fn(
        instance: *mut martlet_instance,
        message: *const martlet_message,
        done: Option<martlet_done>,
        context: *mut c_void,
    ) -> c_int,
    pub report: unsafe extern "C" fn(
        instance: *mut martlet_instance,
        patch: martlet_bytes,
        done: Option<martlet_done>,
        context: *mut c_void,
    ) -> c_int,
    pub twin: unsafe extern "C" fn(instance: *mut martlet_instance) -> martlet_bytes,
    pub invoke: unsafe extern "C" fn(
        instance: *mut martlet_instance,
        module: *const c_char,
        method: *const c_char,
        payload: martlet_bytes,
        timeout_ms: u32,
        answer: martlet_answer,
        context: *mut c_void,
    ) -> c_int,
    pub answer: unsafe extern "C" fn(
        instance: *mut martlet_instance,
        call: *mut martlet_call,
        status: c_int,
        payload: martlet_bytes,
    ) -> c_int,
    pub log: unsafe extern "C" fn(instance: *mut martlet_instance, level: c_int, text: *const c_char),
    pub timer_start: unsafe extern "C" fn(
        instance: *mut martlet_instance,
        after_ms: u64,
        every_ms: u64,
        fire: martlet_fire,
        context: *mut c_void,
    ) -> martlet_timer,
    pub timer_stop: unsafe extern "C" fn(instance: *mut martlet_instance, timer: martlet_timer) -> c_int,
    pub ready: unsafe extern "C" fn(instance: *mut martlet_instance),
    pub watch_start: unsafe extern "C" fn(
        instance: *mut martlet_instance,
        fd: c_int,
        events: c_int,
        fire: martlet_watch_fire,
        context: *mut c_void,
    ) -> martlet_watch,
    pub watch_stop: unsafe extern "C" fn(instance: *mut martlet_instance, watch: martlet_watch) -> c_int,
    pub post: unsafe extern "C" fn(instance: *mut martlet_instance, fire: martlet_fire, context: *mut c_void) -> c_int,
}

#[repr(C)]
pub struct martlet_module_api {
    pub version: u32,
    pub size: u32,
    pub ready_later: u32,
    pub create: unsafe extern "C" fn(host: *const martlet_host_api, instance: *mut martlet_instance) -> *mut c_void,
    pub start: Option<unsafe extern "C" fn(this: *mut c_void, twin: martlet_bytes) -> c_int>,
    pub receive: Option<unsafe extern "C" fn(this: *mut c_void, message: *const martlet_message)>,
    pub desired: Option<unsafe extern "C" fn(this: *mut c_void, patch: martlet_bytes, version: u64)>,
    pub invoke: Option<
        unsafe extern "C" fn(
            this: *mut c_void,
            method: *const c_char,
            payload: martlet_bytes,
            call: *mut martlet_call,
        ) -> c_int,
    >,
    pub destroy: unsafe extern "C" fn(this: *mut c_void),
}
