/* A PID controller; one, as static state. Nothing here knows of Martlet. */
#ifndef PID_H
#define PID_H

/* Gains: of the error, of its integral (per second), of its rate (seconds). Forgets the integral. */
void pid_configure(double kp, double ki, double kd);

/* The value to be reached. */
void pid_setpoint(double value);

/* The next output, from 0 to 100. `dt`: seconds since the last update; without a positive one the last output stays. */
double pid_update(double measured, double dt);

/* What the last update made of its parts. `side`: -1 at the lower limit, 1 at the upper, else 0. */
struct pid_parts {
    double error, integral, output;
    signed char side;
};
void pid_parts(struct pid_parts *parts);

/* Calls back whenever the output reaches a limit or leaves it; one watcher at a time. 0, or -1 when there is one already. */
typedef void (*pid_limit)(signed char side, double output, void *user);
int pid_watch(pid_limit callback, void *user);
void pid_unwatch(pid_limit callback, void *user);

const char *pid_version(void);

#endif
