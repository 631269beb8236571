/* SPDX-License-Identifier: MIT */
/*
 * A scenario, as read from its file: what is simulated (stages), how it is
 * varied (points), what is expected of it, what is drawn of it.
 *
 * A scenario is data. Once loaded it never changes, and every text in it is
 * valid: nobody after the loader finds a mistake of the user's.
 */
#ifndef APP_SCENARIO_H
#define APP_SCENARIO_H

#include "sim/app/complaints.h"
#include "sim/stage.h"

/* A stage as configured: type, name, and the values before any sweep. */
struct stage_conf {
	const struct stage_type *type;
	char *name;    /* unique; for a part of the machine, its type's name */
	void *params;  /* type->params_size bytes, all set */
	bool reversed; /* a duplex stage that stands turned round */
	/* Where each value comes from, one per row: what the file says, "set"
	 * for --set, or NULL for the row's own source. */
	char **sources;
};

/* What it begins and ends with, as it stands. */
static inline enum plug stage_begins(const struct stage_conf *s)
{
	return s->reversed ? s->type->out : s->type->in;
}

static inline enum plug stage_ends(const struct stage_conf *s)
{
	return s->reversed ? s->type->in : s->type->out;
}

/* Nothing follows, or another path. */
static inline bool stage_is_last(const struct stage_conf *s)
{
	return stage_ends(s) == PLUG_NONE;
}

/* One parameter of one stage: `host.packet_cost`. */
struct setting {
	unsigned stage; /* index into scenario.stages */
	unsigned row;	/* index into its type's params */
};

/* One combination of the swept settings. */
struct point {
	char **values; /* a text per scenario.swept, as param_format() has it */
};

enum expect_kind { EXPECT_FITTED, EXPECT_PREDICTED, EXPECT_OBSERVED };

/* Compares one number with a band. */
struct expect {
	char *id;
	char *metric;	  /* a result of `point`; NULL: `sql` says what */
	unsigned point;	  /* index into scenario.points; for metric only */
	bool left_out;	  /* of metric: --set left no such point, or several */
	char *sql;	  /* one number over this experiment's views */
	char *unit;	  /* of low, high and value */
	double low, high; /* -INFINITY, INFINITY: that end is open */
	bool banded;	  /* false: reported only */
	enum expect_kind kind;
	char *known_miss; /* NULL: it is expected to be met */
	char *documented; /* the figure in its source's words; may be NULL */
	int line;	  /* in the scenario's file */
};

/* A figure is asked for by the scenario and drawn from the database. */
struct figure_conf {
	char *name;
	char *json; /* its whole mapping, checked, with canonical keys */
};

struct engine;

/* stages[0] is `run`; then the path, in order, or several, one after the other;
 * then the machine's parts. */
struct scenario {
	char *path;	/* as the user named it */
	char *name;	/* the file's name without folder and ending */
	char *question; /* may be NULL */
	char *source;	/* may be NULL */
	struct stage_conf *stages;
	unsigned n_stages, n_path; /* n_path: of all paths */
	struct setting *swept;
	unsigned n_swept;
	struct point *points; /* at least one */
	unsigned n_points;
	/* --set holds a setting still that is swept or that an expectation
	 * names: what SQL asks for may be among the points left out. */
	bool held;
	struct expect *expects;
	unsigned n_expects;
	struct figure_conf *figures;
	unsigned n_figures;
	char **samples; /* metrics whose series are kept */
	unsigned n_samples;
	/* What runs it; NULL: our own. Not the file's, but --engine's. */
	const struct engine *engine;
	unsigned *pcap; /* stages whose interfaces are recorded */
	unsigned n_pcap;
};

/*
 * Loads a scenario; `sets` are n texts `key=value`, applied last. NULL: there
 * were complaints, all of them are in `c`. Freed with scenario_free().
 */
struct scenario *scenario_load(const char *path, char *const *sets, unsigned n,
			       struct complaints *c);
void scenario_free(struct scenario *sc);

/* The parameters of stage `s` at a point: a fresh copy in `params`, which has
 * room for its type's params_size. */
void scenario_params(const struct scenario *sc, const struct point *pt,
		     unsigned s, void *params);

/* The row of a setting, and its value without the sweep. */
const struct param *setting_row(const struct scenario *sc, struct setting s);
void *setting_field(const struct scenario *sc, struct setting s);
/* Its index in scenario.swept, or -1. */
int swept_index(const struct scenario *sc, struct setting s);

/* Of a stage that is an end of a path, the other end; else 0. */
unsigned scenario_far(const struct scenario *sc, unsigned s);

/* The stage named so, or -1. */
int scenario_stage(const struct scenario *sc, const char *name);

/* The network interface that goes by stage i's name is between stages j and
 * j + 1 of the path: j. 0: it has none. */
unsigned scenario_interface(const struct scenario *sc, unsigned i);

const char *expect_kind_name(enum expect_kind kind);

#endif
