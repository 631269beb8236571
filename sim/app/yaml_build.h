/* SPDX-License-Identifier: MIT */
/* A YAML tree in the making; nobody but yaml_read.c and yaml_build.c includes
 * this. */
#ifndef APP_YAML_BUILD_H
#define APP_YAML_BUILD_H

#include <libfyaml.h>

#include "sim/app/yaml.h"

/* What `&name` stands for, once it is complete. */
struct anchor {
	char *name;
	const struct yaml *node;
};

/* A reading in progress. */
struct reader {
	const char *file;
	struct complaints *c;
	struct fy_parser *parser;
	struct yaml *root;
	struct yaml *open[YAML_DEPTH]; /* the containers around here */
	char *open_names[YAML_DEPTH];  /* their anchors, or NULL */
	unsigned depth;
	struct fy_mark last;
	bool wants_value; /* the innermost map has a key without value */
	struct anchor *anchors;
	unsigned n_anchors, n_copied;
	bool stopped;
	char said[200]; /* what the library would have printed */
};

/* Takes libfyaml's next event into the tree. */
void yaml_build(struct reader *r, struct fy_event *e);
/* When there are no more: frees what only building needed. */
void yaml_built(struct reader *r);
/* Complains, and nothing more is read. `at` may be NULL. */
__attribute__((format(printf, 3, 4))) void
yaml_stop(struct reader *r, const struct fy_mark *at, const char *format, ...);

#endif
