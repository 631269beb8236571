/* SPDX-License-Identifier: MIT */
/* libfyaml reads, yaml_build.c builds; what libfyaml has to say is told in our
 * way. */
#include "sim/app/yaml_build.h"

#include <stdlib.h>
#include <string.h>

/* libfyaml's own words for what is no YAML. */
static void tell_syntax(struct reader *r, struct fy_diag *diag)
{
	struct fy_diag_error *error;
	void *state = NULL;

	while ((error = fy_diag_errors_iterate(diag, &state)) != NULL) {
		if (error->type != FYET_ERROR || !error->msg)
			continue;
		complain(r->c, r->file, error->line > 0 ? error->line : 1,
			 error->column > 0 ? error->column : 1,
			 "this is not YAML: %.200s", error->msg);
		r->stopped = true;
		return;
	}
	complain(r->c, r->file, 0, 0, "this is not YAML%s%s",
		 *r->said ? ": " : "", r->said);
	r->stopped = true;
}

/* The library says some things without a place, and would print them. */
static void listen(struct fy_diag *diag, void *user, const char *text, size_t n)
{
	struct reader *r = user;
	size_t line = 0;

	(void)diag;
	while (line < n && text[line] != '\n' && text[line] != '\0')
		line++;
	if (*r->said == '\0')
		snprintf(r->said, sizeof r->said, "%.*s", (int)line, text);
}

static void read_events(struct reader *r, struct fy_diag *diag)
{
	struct fy_event *e;
	enum fy_event_type type = FYET_NONE;

	while (!r->stopped && type != FYET_STREAM_END) {
		e = fy_parser_parse(r->parser);
		if (!e)
			break;
		type = e->type;
		yaml_build(r, e);
		fy_parser_event_free(r->parser, e);
	}
	if (!r->stopped &&
	    (type != FYET_STREAM_END || fy_parser_get_stream_error(r->parser)))
		tell_syntax(r, diag);
}

static void parse(struct reader *r, const char *text, size_t n)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
					    FYPCF_DISABLE_RECYCLING};

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.output_fn = listen;
	diag_cfg.user = r;
	diag_cfg.show_type = false;
	cfg.diag = fy_diag_create(&diag_cfg);
	if (cfg.diag)
		fy_diag_set_collect_errors(cfg.diag, true);
	r->parser = fy_parser_create(&cfg);
	if (!cfg.diag || !r->parser ||
	    fy_parser_set_string(r->parser, text, n) != 0)
		yaml_stop(r, NULL, "the YAML library could not be started");
	else
		read_events(r, cfg.diag);
	fy_parser_destroy(r->parser);
	fy_diag_destroy(cfg.diag);
}
static bool says_nothing(const struct yaml *root)
{
	return !root || (root->kind == YAML_TEXT && !root->text);
}

struct yaml *yaml_read(const char *path, struct complaints *c)
{
	struct reader r = {.file = path, .c = c};
	size_t size = 0;
	char *text = yaml_slurp(path, &size, c);

	if (!text)
		return NULL;
	parse(&r, text, size);
	free(text);
	yaml_built(&r);
	if (!r.stopped && says_nothing(r.root))
		yaml_stop(&r, NULL, "it says nothing: there are only comments");
	if (r.stopped) {
		yaml_free(r.root);
		return NULL;
	}
	yaml_drop_repeated(r.root);
	return r.root;
}
