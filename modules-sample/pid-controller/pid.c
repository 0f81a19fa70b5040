#include "pid.h"

static const double lowest = 0, highest = 100;

static double gain = 1, integral_gain = 0.1, rate_gain = 0;
static double setpoint = 25;
static double integral, last_measured, output;
static int has_measured;

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
    return output;
}

const char *pid_version(void)
{
    return "1.0";
}
