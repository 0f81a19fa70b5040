#include "pid.h"

#include <stddef.h>

static const double lowest = 0, highest = 100;

static double gain = 1, integral_gain = 0.1, rate_gain = 0;
static double setpoint = 25;
static double integral, last_measured, output;
static int has_measured;

static struct pid_parts parts;
static pid_limit watcher;
static void *watching;

void pid_configure(double kp, double ki, double kd)
{
    gain = kp;
    integral_gain = ki;
    rate_gain = kd;
    integral = 0;
    has_measured = 0;
}

void pid_setpoint(double value)
{
    setpoint = value;
}

double pid_update(double measured, double dt)
{
    double error = setpoint - measured;
    double rate, wanted;
    signed char side;
    if (!(dt > 0)) return output;

    /* The rate of what is measured, not of the error: a new setpoint gives no kick. */
    rate = has_measured ? (last_measured - measured) / dt : 0;
    last_measured = measured;
    has_measured = 1;

    integral += integral_gain * error * dt;
    wanted = gain * error + integral + rate_gain * rate;
    output = wanted < lowest ? lowest : wanted > highest ? highest : wanted;
    /* At a limit the integral takes back what has no effect. */
    integral += output - wanted;

    parts.error = error;
    parts.integral = integral;
    parts.output = output;
    side = output <= lowest ? -1 : output >= highest ? 1 : 0;
    if (side != parts.side) {
        parts.side = side;
        if (watcher) watcher(side, output, watching);
    }
    return output;
}

void pid_parts(struct pid_parts *to)
{
    *to = parts;
}

int pid_watch(pid_limit callback, void *user)
{
    if (watcher) return -1;
    watcher = callback;
    watching = user;
    return 0;
}

void pid_unwatch(pid_limit callback, void *user)
{
    if (callback == watcher && user == watching) watcher = NULL;
}

const char *pid_version(void)
{
    return "1.1";
}
