/* A PID controller; one, as static state. Nothing here knows of Martlet. */
#ifndef PID_H
#define PID_H

/* Gains: of the error, of its integral (per second), of its rate (seconds). Forgets the integral. */
void pid_configure(double kp, double ki, double kd);

/* The value to be reached. */
void pid_setpoint(double value);

/* The next output, from 0 to 100. `dt`: seconds since the last update; without a positive one the last output stays. */
double pid_update(double measured, double dt);

const char *pid_version(void);

#endif
