//! A module in Rust: sends every message on, and answers `greet` from a thread of its own.

#[path = "martlet.rs"]
mod martlet;

use martlet::*;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::thread::JoinHandle;

struct Echo {
    host: &'static martlet_host_api,
    instance: *mut martlet_instance,
    worker: Option<JoinHandle<()>>,
}

/// What the worker takes along: it may post and log, nothing else.
struct Greeting {
    host: &'static martlet_host_api,
    instance: *mut martlet_instance,
    call: *mut martlet_call,
}

unsafe impl Send for Greeting {}

unsafe extern "C" fn create(host: *const martlet_host_api, instance: *mut martlet_instance) -> *mut c_void {
    // Valid until destroy has returned, which is longer than this instance lives.
    let host = unsafe { &*host };
    Box::into_raw(Box::new(Echo { host, instance, worker: None })).cast()
}

unsafe extern "C" fn receive(this: *mut c_void, message: *const martlet_message) {
    let (echo, message) = unsafe { (&*this.cast::<Echo>(), &*message) };
    let copy = martlet_message { size: size_of::<martlet_message>(), name: c"out".as_ptr(), ..*message };
    unsafe { (echo.host.send)(echo.instance, &copy, None, std::ptr::null_mut()) };
}

unsafe extern "C" fn invoke(this: *mut c_void, method: *const c_char, _: martlet_bytes, call: *mut martlet_call) -> c_int {
    let echo = unsafe { &mut *this.cast::<Echo>() };
    if unsafe { CStr::from_ptr(method) } != c"greet" || echo.worker.is_some() {
        return MARTLET_ERROR_NOT_FOUND;
    }
    let greeting = Box::new(Greeting { host: echo.host, instance: echo.instance, call });
    echo.worker = Some(std::thread::spawn(move || {
        let (post, instance) = (greeting.host.post, greeting.instance);
        unsafe { (greeting.host.log)(instance, MARTLET_LOG_INFO, c"greeting from a thread".as_ptr()) };
        let context = Box::into_raw(greeting);
        if unsafe { post(instance, answer, context.cast()) } != MARTLET_OK {
            drop(unsafe { Box::from_raw(context) });
        }
    }));
    MARTLET_OK
}

/// On the module's thread again.
unsafe extern "C" fn answer(context: *mut c_void) {
    let greeting = unsafe { Box::from_raw(context.cast::<Greeting>()) };
    let text = br#"{"from":"Rust"}"#;
    let payload = martlet_bytes { data: text.as_ptr().cast(), size: text.len() };
    unsafe { (greeting.host.answer)(greeting.instance, greeting.call, 200, payload) };
}

unsafe extern "C" fn destroy(this: *mut c_void) {
    let mut echo = unsafe { Box::from_raw(this.cast::<Echo>()) };
    if let Some(worker) = echo.worker.take() {
        let _ = worker.join();
    }
}

static API: martlet_module_api = martlet_module_api {
    version: MARTLET_ABI_VERSION,
    size: size_of::<martlet_module_api>() as u32,
    ready_later: 0,
    create,
    start: None,
    receive: Some(receive),
    desired: None,
    invoke: Some(invoke),
    destroy,
};

#[unsafe(no_mangle)]
pub extern "C" fn martlet_module(_: *const martlet_host_api) -> *const martlet_module_api {
    &API
}
