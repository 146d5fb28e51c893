#ifndef CLINUX_LAUNCH_H
#define CLINUX_LAUNCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// The descriptors that a supervisor finds open, besides /dev/null as 0, 1 and 2.
enum {
    clinux_record_descriptor = 3,
    clinux_specification_descriptor = 4,
    clinux_handover_descriptor = 5,
};

/// A supervisor that was started.
struct clinux_supervisor {
    pid_t pid;
    /// Refers to the process (pidfd_open(2)); close-on-exec.
    int pidfd;
};

/// Starts a supervisor in a session of its own, every signal blocked and at its default.
///
/// Uses clone(2) with CLONE_VFORK, so that its cost does not grow with the caller's memory. Returns
/// 0, or the error number of the step that failed; then nothing was started.
int clinux_spawn_supervisor(const char *path, char *const argv[], char *const envp[], int record,
                            int specification, int handover, struct clinux_supervisor *started);

/// Makes the caller the parent of whatever loses its own below it (prctl(2),
/// PR_SET_CHILD_SUBREAPER).
int clinux_become_subreaper(void);

/// What the first process of a job does between fork and exec, in this order.
enum clinux_launch_step {
    clinux_step_none,
    clinux_step_session,
    clinux_step_directory,
    clinux_step_input,
    clinux_step_output,
    clinux_step_error,
    clinux_step_affinity,
    clinux_step_limits,
    clinux_step_descriptors,
    clinux_step_execute,
};

/// A soft and a hard limit (getrlimit(2)); UINT64_MAX is none.
struct clinux_limit {
    int resource;
    uint64_t soft;
    uint64_t hard;
};

/// All that the first process of a job needs; nothing is copied, nothing may be null but `error`
/// and `affinity`.
struct clinux_job {
    /// Closed first of all, so that the record's lock is the supervisor's alone.
    int record;
    /// Closed with it, so that nothing is handed over to a dead supervisor; -1 for none.
    int handover;
    /// The cgroup to be born in, an open folder; -1 for the supervisor's own.
    int cgroup;
    const char *directory;
    const char *input;
    const char *output;
    /// Null to share the output's file.
    const char *error;
    int appends;
    mode_t mask;
    /// Bits of CPU numbers; null to leave the affinity as it is.
    const unsigned long *affinity;
    size_t affinity_bytes;
    const struct clinux_limit *limits;
    size_t limit_count;
    /// Decimal (proc(5), /proc/pid/oom_score_adj).
    const char *oom_score_adj;
    const char *path;
    char *const *argv;
    char *const *envp;
};

/// A job's first process, which waits to be released.
struct clinux_started_job {
    pid_t pid;
    /// One byte written here lets it go on; closed without one, it ends.
    int release;
    /// Where a `struct clinux_launch_failure` comes out if a step fails; end of file after exec.
    int report;
};

/// Which step failed, and its error number.
struct clinux_launch_failure {
    int step;
    int code;
};

/// Forks the first process of a job; returns 0 or an error number.
int clinux_start_job(const struct clinux_job *job, struct clinux_started_job *started);

#endif
