//! A module in Zig: sends every message on, and answers "greet" from a thread of its own. The header is all it needs:
//! `zig translate-c -lc martlet.h > martlet.zig` (up to Zig 0.15 `@cImport(@cInclude("martlet.h"))` does the same).
const std = @import("std");
const c = @import("martlet.zig");

const Echo = struct {
    host: *const c.martlet_host_api,
    instance: ?*c.martlet_instance,
    call: ?*c.martlet_call = null,
    worker: ?std.Thread = null,

    fn of(context: ?*anyopaque) *Echo {
        return @ptrCast(@alignCast(context.?));
    }
};

fn create(host: [*c]const c.martlet_host_api, instance: ?*c.martlet_instance) callconv(.c) ?*anyopaque {
    const echo = std.heap.c_allocator.create(Echo) catch return null;
    echo.* = .{ .host = host, .instance = instance };
    return echo;
}

fn receive(self: ?*anyopaque, message: [*c]const c.martlet_message) callconv(.c) void {
    const echo = Echo.of(self);
    var copy = message.*;
    copy.size = @sizeOf(c.martlet_message);
    copy.name = "out";
    _ = echo.host.send.?(echo.instance, &copy, null, null);
}

fn invoke(self: ?*anyopaque, method: [*c]const u8, _: c.martlet_bytes, call: ?*c.martlet_call) callconv(.c) c_int {
    const echo = Echo.of(self);
    if (!std.mem.eql(u8, std.mem.span(method), "greet") or echo.worker != null) return c.MARTLET_ERROR_NOT_FOUND;
    echo.call = call;
    echo.worker = std.Thread.spawn(.{}, work, .{echo}) catch return c.MARTLET_ERROR_FAILED;
    return c.MARTLET_OK;
}

/// On the worker: log and post, nothing else.
fn work(echo: *Echo) void {
    echo.host.log.?(echo.instance, c.MARTLET_LOG_INFO, "greeting from a thread");
    _ = echo.host.post.?(echo.instance, answer, echo);
}

/// On the module's thread again.
fn answer(context: ?*anyopaque) callconv(.c) void {
    const echo = Echo.of(context);
    const text = "{\"from\":\"Zig\"}";
    _ = echo.host.answer.?(echo.instance, echo.call, 200, .{ .data = text, .size = text.len });
}

fn destroy(self: ?*anyopaque) callconv(.c) void {
    const echo = Echo.of(self);
    if (echo.worker) |worker| worker.join();
    std.heap.c_allocator.destroy(echo);
}

const api = c.martlet_module_api{
    .version = c.MARTLET_ABI_VERSION,
    .size = @sizeOf(c.martlet_module_api),
    .ready_later = 0,
    .create = create,
    .start = null,
    .receive = receive,
    .desired = null,
    .invoke = invoke,
    .destroy = destroy,
};

export fn martlet_module(_: [*c]const c.martlet_host_api) [*c]const c.martlet_module_api {
    return &api;
}
