/* SPDX-License-Identifier: MIT */
/*
 * bench_peak COMMAND...: runs it, its output thrown away, and prints the CPU
 * seconds it took, children included, and the most memory that one of its
 * processes had in use, in MiB.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(char **command)
{
	int nowhere = open("/dev/null", O_RDWR);

	dup2(nowhere, STDOUT_FILENO);
	dup2(nowhere, STDERR_FILENO);
	execvp(command[0], command);
	_exit(127);
}

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec * 1e-6;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t child;

	if (argc < 2)
		return 2;
	child = fork();
	if (child == 0)
		run(argv + 1);
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "bench: %s failed\n", argv[1]);
		return 1;
	}
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%.6f %.1f\n",
	       seconds(&usage.ru_utime) + seconds(&usage.ru_stime),
	       (double)usage.ru_maxrss / 1024);
	return 0;
}
