#define _GNU_SOURCE
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_default_signals(void) {
    // The kernel's own structure, all zero: SIG_DFL. The C library's sigaction keeps its hands off the
    // two signals that it has for itself, which may be ignored here nevertheless.
    unsigned long action[8] = {0};
    for (int number = 1; number < NSIG; number++) {
        syscall(SYS_rt_sigaction, number, action, NULL, (size_t)(NSIG - 1) / 8);
    }
}

// MARK: The supervisor

struct spawn {
    const char *path;
    char *const *argv;
    char *const *envp;
    int record;
    int specification;
    int handover;
    // Written by the child in the memory that it shares with its parent.
    int code;
};

static int become_supervisor(void *argument) {
    struct spawn *spawn = argument;
    // Above everything that they are to become, lest one overwrite the other.
    int record = fcntl(spawn->record, F_DUPFD, 16);
    int specification = fcntl(spawn->specification, F_DUPFD, 16);
    int handover = fcntl(spawn->handover, F_DUPFD, 16);
    int null = open("/dev/null", O_RDWR);
    if (record < 0 || specification < 0 || handover < 0 || null < 0) goto failed;
    if (null >= 3) {
        for (int number = 0; number < 3; number++) {
            if (dup2(null, number) < 0) goto failed;
        }
    } else {
        for (int number = 0; number < 3; number++) {
            if (number != null && dup2(null, number) < 0) goto failed;
        }
    }
    if (dup2(record, clinux_record_descriptor) < 0) goto failed;
    if (dup2(specification, clinux_specification_descriptor) < 0) goto failed;
    if (dup2(handover, clinux_handover_descriptor) < 0) goto failed;
    if (syscall(SYS_close_range, clinux_handover_descriptor + 1, ~0U, 0) < 0) goto failed;
    if (setsid() < 0) goto failed;
    set_default_signals();
    execve(spawn->path, spawn->argv, spawn->envp);
failed:
    spawn->code = errno;
    _exit(127);
}

int clinux_spawn_supervisor(const char *path, char *const argv[], char *const envp[], int record,
                            int specification, int handover, struct clinux_supervisor *started) {
    struct spawn spawn = {path, argv, envp, record, specification, handover, 0};
    // The parent sleeps until the child has executed, so the child may live on this stack.
    char stack[32 * 1024] __attribute__((aligned(16)));
    int pidfd = -1;
    sigset_t all, before;
    sigfillset(&all);
    // Never undone in the child: a signal that comes before the supervisor can take it stays
    // pending, and no handler of the parent's runs in the memory that they share.
    sigprocmask(SIG_BLOCK, &all, &before);
    pid_t pid = clone(become_supervisor, stack + sizeof stack,
                      CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &spawn, &pidfd);
    int code = pid < 0 ? errno : spawn.code;
    if (pid >= 0 && code != 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
        close(pidfd);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    started->pid = pid;
    started->pidfd = pidfd;
    return code;
}

int clinux_become_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

// MARK: The job

static int open_output(const char *path, int appends) {
    // Append also after truncation: several processes, and the supervisor, add to one file.
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC;
    return open(path, flags | (appends ? 0 : O_TRUNC), 0666);
}

static int place(int descriptor, int number) {
    // dup2 of a descriptor onto itself would leave it close-on-exec.
    if (descriptor == number) return fcntl(number, F_SETFD, 0);
    return dup2(descriptor, number);
}

static int set_limit(const struct clinux_limit *wanted) {
    struct rlimit limit = {wanted->soft, wanted->hard};
    if (setrlimit(wanted->resource, &limit) == 0) return 0;
    if (errno != EPERM) return -1;
    // The submitting shell may have had more than the queue's daemon can give: then all it has.
    struct rlimit own;
    if (getrlimit(wanted->resource, &own) < 0) return -1;
    if (limit.rlim_max > own.rlim_max) limit.rlim_max = own.rlim_max;
    if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    return setrlimit(wanted->resource, &limit);
}

static void set_oom_score(const char *value) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    // A preference: a kernel or a sandbox that refuses it is no reason not to run.
    ssize_t written = write(file, value, strlen(value));
    (void)written;
    close(file);
}

static int move_above_standard(int descriptor) {
    return descriptor < 0 || descriptor > 2 ? descriptor : fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
}

// Returns only where a step failed, which it names; errno tells why.
static enum clinux_launch_step become_job(const struct clinux_job *job, int *report) {
    umask(job->mask);
    if (chdir(job->directory) < 0) return clinux_step_directory;
    int input = move_above_standard(open(job->input, O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (input < 0) return clinux_step_input;
    int output = move_above_standard(open_output(job->output, job->appends));
    if (output < 0) return clinux_step_output;
    int error = output;
    if (job->error != NULL) {
        error = move_above_standard(open_output(job->error, job->appends));
        if (error < 0) return clinux_step_error;
    }
    if (place(input, 0) < 0) return clinux_step_input;
    if (place(output, 1) < 0) return clinux_step_output;
    if (place(error, 2) < 0) return clinux_step_error;
    if (job->affinity != NULL
        && syscall(SYS_sched_setaffinity, 0, job->affinity_bytes, job->affinity) < 0) {
        return clinux_step_affinity;
    }
    set_oom_score(job->oom_score_adj);
    int kept = fcntl(*report, F_DUPFD_CLOEXEC, 3);
    if (kept < 0) return clinux_step_descriptors;
    *report = kept;
    if (kept > 3 && syscall(SYS_close_range, 3, kept - 1, 0) < 0) return clinux_step_descriptors;
    if (syscall(SYS_close_range, kept + 1, ~0U, 0) < 0) return clinux_step_descriptors;
    // Last, lest a limit of the job's own stand in the way of its set-up.
    for (size_t index = 0; index < job->limit_count; index++) {
        if (set_limit(&job->limits[index]) < 0) return clinux_step_limits;
    }
    execve(job->path, job->argv, job->envp);
    return clinux_step_execute;
}

static _Noreturn void run_child(const struct clinux_job *job, int release, int report) {
    close(job->record);
    if (job->handover >= 0) close(job->handover);
    struct clinux_launch_failure failure = {clinux_step_session, 0};
    if (setsid() >= 0) {
        char byte;
        ssize_t count;
        do count = read(release, &byte, 1);
        while (count < 0 && errno == EINTR);
        // End of file: the supervisor died before it could note this process down.
        if (count != 1) _exit(127);
        // What the job does in its set-up, such as opening a FIFO, a signal may end. Each is at its
        // default, as the supervisor got it.
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        failure.step = become_job(job, &report);
    }
    failure.code = errno;
    ssize_t written = write(report, &failure, sizeof failure);
    (void)written;
    _exit(127);
}

static pid_t fork_into(int cgroup) {
    struct clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.exit_signal = SIGCHLD;
    if (cgroup >= 0) {
        arguments.flags = CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

int clinux_start_job(const struct clinux_job *job, struct clinux_started_job *started) {
    int release[2], report[2];
    if (pipe2(release, O_CLOEXEC) < 0) return errno;
    if (pipe2(report, O_CLOEXEC | O_NONBLOCK) < 0) {
        int code = errno;
        close(release[0]);
        close(release[1]);
        return code;
    }
    // Without a cgroup the C library's own, which sandboxes know.
    pid_t pid = job->cgroup >= 0 ? fork_into(job->cgroup) : fork();
    int code = errno;
    if (pid == 0) {
        close(release[1]);
        close(report[0]);
        run_child(job, release[0], report[1]);
    }
    close(release[0]);
    close(report[1]);
    if (pid < 0) {
        close(release[1]);
        close(report[0]);
        return code;
    }
    started->pid = pid;
    started->release = release[1];
    started->report = report[0];
    return 0;
}
