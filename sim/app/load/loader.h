/* SPDX-License-Identifier: MIT */
/*
 * Inside the scenario loader: what its parts share while a scenario is read.
 * Nobody else includes this.
 *
 * Order of work: files (included ones first) give defaults and the run; the
 * path makes stages of them; --set changes them; then sweep, expectations,
 * samples and figures speak about these stages. Each part complains and goes
 * on, so that all mistakes are told at once.
 */
#ifndef APP_LOADER_H
#define APP_LOADER_H

#include "sim/app/load/scenario.h"
#include "sim/app/load/columns.h"
#include "sim/app/load/yaml.h"

#define MOST_POINTS 1000000
#define MOST_NAME   64
#define MOST_FILES  100
/* Of a run: 80 MB of each windowed metric. */
#define MOST_WINDOWS 10000000

/* A value given to a row of a type, by a file or by --set; canonical. */
struct assign {
	const struct stage_type *type;
	unsigned row;
	char *text;
	char *source; /* NULL: the row's own */
};

struct assigns {
	struct assign *all;
	unsigned n;
};

/* Settings that change together: steps[i][j] is step i of settings[j]. */
struct axis {
	unsigned *settings; /* indices into scenario.swept */
	unsigned n_settings;
	const char ***steps;
	unsigned n_steps;
	bool held; /* --set gives one of its settings a value */
};

/* The scenario and what keeps its texts; scenario_free() knows. */
struct loaded {
	struct scenario sc;
	void *texts; /* a tsearch() tree: each text of a point exists once */
};

struct loader {
	struct complaints *c;
	struct scenario *sc;
	struct assigns defaults; /* in the order of applying */
	struct yaml *file;	 /* the scenario itself */
	char **names;		 /* of files, kept for places */
	unsigned n_names;
	char **open; /* real paths of the files around here */
	unsigned n_open;
	const char **keys; /* every "stage.row" there is */
	unsigned n_keys;
	bool broken;	/* a stage has no type: its settings are unknown */
	bool no_points; /* the sweep is wrong: nobody can refer to its points */
	struct column *columns;
	unsigned n_columns;
	struct axis *axes;
	unsigned n_axes;
	unsigned n_sweep_settings; /* of scenario.swept, those swept */
	unsigned n_sweep_points;   /* of scenario.points */
};

/* A complaint about a place in a file. */
__attribute__((format(printf, 3, 4))) void
gripe(struct loader *l, const struct yaml *at, const char *format, ...);
/* As gripe(), about the key of an entry. */
__attribute__((format(printf, 4, 5))) void
gripe_key(struct loader *l, const struct yaml *in, const struct yaml_entry *at,
	  const char *format, ...);

/* `what` of this scenario needs ns-3: complains, if there is none. */
void need_ns3(struct loader *l, const struct yaml *at, const char *what);

/* Complains about each key of the map that is not in `known` (n of them).
 * `what` is what the map describes. */
void check_keys(struct loader *l, const struct yaml *map, const char *what,
		const char *const *known, unsigned n);
/* The text of y, or NULL and a complaint that `what` is a text. */
const char *text_of(struct loader *l, const struct yaml *y, const char *what);
/* ", did you mean x?" or "". Returns out. */
char *meant(const char *typed, const char *const *known, unsigned n, char *out,
	    size_t size);
/* scenario_key.c: the same of "stage.row". If `typed` is a row without stage,
 * or behind a type or another stage, it says which stages have that row. */
char *meant_of_stage(const struct loader *l, const char *typed,
		     const char *const *known, unsigned n, char *out,
		     size_t size);
/* May it be a name: letters, digits, '_' and '-' (and '.' if `dots`)? */
bool is_name(const char *text, bool dots);

/* scenario_file.c: reads the files, fills in question, source, defaults. */
void load_files(struct loader *l, const char *path);

/* scenario_value.c */
int type_row(const struct stage_type *type, const char *name);
/* Reads the value of a parameter, which may be a map for a cost, into `to`. */
void read_param(struct loader *l, const struct stage_type *type,
		const struct yaml *map, const struct yaml_entry *e,
		struct assigns *to);
void assign_apply(const struct assign *a, struct stage_conf *stage);
void assigns_free(struct assigns *a);
/* The canonical form of a value, malloc'ed. NULL: not valid, and `why` (512
 * bytes) says so. */
char *canonical(const struct param *row, const char *text, char *why);

/* scenario_path.c: makes the stages. */
void load_path(struct loader *l);

/* scenario_guests.c: are a path's guests whole, and do both its ends understand
 * each other? Plugs fit already; s are its stages, one for each entry. */
void check_guests(struct loader *l, const struct yaml *path,
		  const struct stage_conf *s);

/* scenario_refuse.c: do the rows of each stage go together, at every point? */
void check_refusals(struct loader *l);

/* scenario_key.c: settings by name. */
void list_keys(struct loader *l);
/* Finds `host.burst`. False: complained about (unless its stage is broken). */
bool find_setting(struct loader *l, const struct yaml *in,
		  const struct yaml_entry *at, const char *key,
		  struct setting *out);
/* The same without complaining. */
bool lookup_setting(struct loader *l, const char *key, struct setting *out);
void load_sets(struct loader *l, char *const *sets, unsigned n);
/* "host.burst"; borrowed from the loader. */
const char *setting_key(struct loader *l, struct setting s);
/* The value a setting has without the sweep; kept with the scenario. */
const char *setting_base(struct loader *l, struct setting s);
/* The one copy of a text in this scenario. */
const char *keep_text(struct loader *l, const char *text);
/* A value of a setting as `at`, `where` and lists have it. NULL: complained. */
const char *setting_value(struct loader *l, struct setting s,
			  const struct yaml *y);
/* Did --set give it a value? */
bool is_set(const struct scenario *sc, struct setting s);

/* sweep.c: axes and their points. */
void load_sweep(struct loader *l);
/* The values a setting is given by a list or a range, *n of them; malloc'ed.
 * NULL: complained about. */
const char **read_values(struct loader *l, struct setting s,
			 const struct yaml *y, unsigned *n);

/* sweep_where.c: conditions that keep a point. where_read() returns NULL if
 * something is wrong with them. */
struct where *where_read(struct loader *l, const struct yaml *y);
bool where_keeps(const struct where *w, const struct scenario *sc,
		 const char *const *values);
void where_free(struct where *w);

/* expect.c */
void load_expects(struct loader *l);
/* The result named so, NULL if there is none. Complains, if it can know. */
const struct column *find_column(struct loader *l, const struct yaml *y,
				 const char *name);
/* expect_at.c: the point that `at` (may be NULL) asks for; it is added if it
 * is not there. False: complained about, or --set wants it otherwise
 * (*left_out). */
bool find_point(struct loader *l, const struct yaml *expect,
		const struct yaml *at, unsigned *point, bool *left_out);
/* Lets the settings of all `at`s join the swept ones. */
void join_settings(struct loader *l, const struct yaml *expects);
/* expect_band.c: a bound in `unit`. */
bool read_bound(struct loader *l, const struct yaml *y, const char *unit,
		double open, double *out);

/* sample.c */
void load_samples(struct loader *l);
bool is_sampled(const struct scenario *sc, const char *name);
/* Is there a metric "stage.name" of one of the kinds, a sum of KIND()s?
 * Complains otherwise that there is no `what`. */
bool find_metric(struct loader *l, const struct yaml *y, const char *name,
		 unsigned kinds, const char *what);
#define KIND(kind)    (1u << METRIC_##kind)
#define SAMPLED	      (KIND(WINDOWED) | KIND(LEVEL) | KIND(COUNTER))
#define SAMPLED_WORDS "windowed metric, level or counter"

/* interface.c */
void load_pcap(struct loader *l);

/* figure.c */
void load_figures(struct loader *l);

#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
