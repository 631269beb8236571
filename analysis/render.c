/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analysis/letters.h"
#include "analysis/render.h"

extern char **environ;

/* A file in memory. NULL: there is no room. */
static FILE *scratch(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

/* Returns errno of the start, else 0. */
static int start(pid_t *pid, int script, int picture, int complaints)
{
	char *const argv[] = {"gnuplot", "-d", "-", NULL};
	posix_spawn_file_actions_t files;
	int error;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, script, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, picture, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, complaints, STDERR_FILENO);
	error = posix_spawnp(pid, "gnuplot", &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

static bool start_failed(int error, struct trouble *t)
{
	if (error == ENOENT)
		return trouble_machine(t, "figures are drawn by gnuplot, which "
					  "is not installed; Debian has it as "
					  "gnuplot-nox");
	return trouble_machine(t, "gnuplot could not be started: %s",
			       strerror(error));
}

/* gnuplot repeats the line and points at the place; the last line of what it
 * says is the sentence. */
static bool gnuplot_failed(FILE *complaints, int status, struct trouble *t)
{
	char line[400], last[400] = "";

	rewind(complaints);
	while (fgets(line, sizeof line, complaints))
		if (strspn(line, " \t\n^") < strlen(line))
			snprintf(last, sizeof last, "%s", line);
	last[strcspn(last, "\n")] = '\0';
	if (WIFSIGNALED(status))
		return trouble_machine(t, "gnuplot was ended by signal %d",
				       WTERMSIG(status));
	return trouble_machine(t, "gnuplot failed: %s",
			       last + strspn(last, " \t"));
}

static bool wait_for(pid_t pid, FILE *complaints, struct trouble *t)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return trouble_machine(t, "gnuplot was lost: %s",
					       strerror(errno));
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
		return true; /* the reader has seen enough */
	return gnuplot_failed(complaints, status, t);
}

static bool run(FILE *script, FILE *complaints, int picture, struct trouble *t)
{
	pid_t pid;
	int error;

	if (fflush(script) || lseek(fileno(script), 0, SEEK_SET) < 0)
		return trouble_machine(t, "no room for gnuplot's script: %s",
				       strerror(errno));
	error = start(&pid, fileno(script), picture, fileno(complaints));
	return error ? start_failed(error, t) : wait_for(pid, complaints, t);
}

/* Where a script is written to, and what gnuplot says of it. */
struct session {
	FILE *script, *complaints;
};

static bool session_open(struct session *s, struct trouble *t)
{
	s->script = scratch("script");
	s->complaints = scratch("complaints");
	if (s->script && s->complaints)
		return true;
	return trouble_machine(t, "no room for gnuplot's script: %s",
			       strerror(errno));
}

static void session_close(struct session *s)
{
	if (s->script)
		fclose(s->script);
	if (s->complaints)
		fclose(s->complaints);
}

static bool draw(const struct chart *c, enum format format, int picture,
		 struct trouble *t)
{
	struct session s;
	bool good = session_open(&s, t);

	if (good) {
		gnuplot_print(c, format, s.script);
		good = run(s.script, s.complaints, picture, t);
	}
	session_close(&s);
	return good;
}

/* A disk that is nearly full takes a part, and says why at the next try. */
static bool write_all(int to, const char *bytes, ssize_t n)
{
	ssize_t written;

	for (; n > 0; n -= written, bytes += written) {
		written = write(to, bytes, (size_t)n);
		if (written <= 0)
			return false;
	}
	return true;
}

static bool copy(FILE *picture, int to)
{
	char bytes[65536];
	ssize_t n = 0;

	if (lseek(fileno(picture), 0, SEEK_SET) < 0)
		return false;
	while ((n = read(fileno(picture), bytes, sizeof bytes)) > 0)
		if (!write_all(to, bytes, n))
			return false;
	return n == 0;
}

/* Rights as for any new file; a full disk shows here at the latest. */
static bool complete(FILE *picture, int to)
{
	mode_t mask = umask(0);

	umask(mask);
	return copy(picture, to) && !fchmod(to, 0666 & ~mask) && !fsync(to);
}

/* Writes beside the file, then takes its place. */
static bool replace(FILE *picture, const char *path, char *beside,
		    struct trouble *t)
{
	int to = mkostemp(beside, O_CLOEXEC);
	int why = 0;

	if (to < 0)
		return trouble_machine(t, "%s cannot be written: %s", path,
				       strerror(errno));
	if (!complete(picture, to))
		why = errno;
	if (close(to) && !why)
		why = errno;
	if (!why && !rename(beside, path))
		return true;
	trouble_machine(t, "%s cannot be written: %s", path,
			strerror(why ? why : errno));
	unlink(beside);
	return false;
}

static bool has_content(FILE *picture, struct trouble *t)
{
	struct stat st;

	if (!fstat(fileno(picture), &st) && st.st_size > 0)
		return true;
	return trouble_machine(t, "gnuplot has drawn nothing");
}

static bool draw_and_replace(const struct chart *c, enum format format,
			     const char *path, struct trouble *t)
{
	FILE *picture = scratch("picture");
	struct pool p = {0};
	bool good;

	if (!picture)
		return trouble_machine(t, "no room for a picture: %s",
				       strerror(errno));
	good = draw(c, format, fileno(picture), t) && has_content(picture, t) &&
	       replace(picture, path, pool_text(&p, "%s.XXXXXX", path), t);
	pool_free(&p);
	fclose(picture);
	return good;
}

/* A device or a folder must not be replaced, though root could: rename() would
 * put a picture where /dev/null was. */
static bool may_replace(const char *path, struct trouble *t)
{
	struct stat st;

	if (stat(path, &st) || S_ISREG(st.st_mode))
		return true;
	return trouble_user(t, "%s is not a file that could be replaced", path);
}

bool render_file(const struct chart *c, enum format format, const char *path,
		 struct trouble *t)
{
	return may_replace(path, t) && draw_and_replace(c, format, path, t);
}

bool render_letters(const struct chart *c, unsigned columns, unsigned rows,
		    struct trouble *t)
{
	struct session s;
	bool good;

	letters_say(c->title, columns);
	letters_say(c->subtitle, columns);
	fflush(stdout);
	good = session_open(&s, t);
	if (good) {
		gnuplot_print_letters(c, columns, rows, s.script);
		good = run(s.script, s.complaints, STDOUT_FILENO, t);
	}
	session_close(&s);
	if (good)
		letters_notes(c, columns);
	return good;
}
