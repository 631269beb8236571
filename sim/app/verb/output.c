/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* mkostemp */
#include "sim/app/verb/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/app/memory.h"

static bool failed(const char *path, int why)
{
	fprintf(stderr, "ringsim: %s cannot be written: %s\n", path,
		strerror(why));
	return false;
}

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static FILE *open_beside(struct output *out)
{
	mode_t mask = umask(0);
	FILE *file;
	int fd;

	umask(mask);
	out->beside = mem_format("%s.XXXXXX", out->path);
	fd = mkostemp(out->beside, O_CLOEXEC);
	if (fd < 0)
		return NULL;
	fchmod(fd, 0666 & ~mask);
	file = fdopen(fd, "w");
	if (!file)
		close(fd);
	return file;
}

bool output_open(struct output *out, const char *path)
{
	int why;

	*out = (struct output){.path = path};
	out->file = is_special(path) ? fopen(path, "w") : open_beside(out);
	if (out->file)
		return true;
	why = errno;
	free(out->beside);
	return failed(path, why);
}

bool output_close(struct output *out)
{
	int why = ferror(out->file) ? errno : 0;

	errno = 0;
	if (fflush(out->file) != 0 || (out->beside && fsync(fileno(out->file))))
		why = errno ? errno : EIO;
	if (fclose(out->file) != 0 && !why)
		why = errno;
	if (!why && out->beside && rename(out->beside, out->path) != 0)
		why = errno;
	if (why && out->beside)
		unlink(out->beside);
	free(out->beside);
	return why ? failed(out->path, why) : true;
}
