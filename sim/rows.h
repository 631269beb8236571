/* SPDX-License-Identifier: MIT */
/*
 * Rows: each parameter and each metric is declared once.
 *
 * A module lists its parameters as one macro,
 *
 *	#define SINK_PARAMS(P)                                              \
 *		P(TIME, delay, "0ns", "0ns", "1s", "guess",                 \
 *		  "How long the sink holds a packet.")
 *
 *	struct sink_params { SINK_PARAMS(PARAM_FIELD) };
 *	static const struct param sink_rows[] = {
 *		#define SELF struct sink_params
 *		SINK_PARAMS(PARAM_ROW)
 *	};
 *
 * (kind, name, default, least, most, source, sentence); from it come the field,
 * the parser, the range check, `ringsim explain`, the JSON Schema, the database
 * and the axis label. `source` is a file of the real system, a paper, a
 * measurement, fitted(<figure id>), `choice` for what an experiment is free to
 * choose, or the honest word `guess`.
 *
 * Values are text outside (`1.28us`, `64KiB`, `retries(20)`) and a C field
 * inside. A bare number where a unit is due is an error.
 */
#ifndef SIM_ROWS_H
#define SIM_ROWS_H

#include "sim/cost.h"
#include "sim/metric.h"

enum param_kind {
	PARAM_TIME,    /* sim_time;       ps ns us ms s; unit ns */
	PARAM_COUNT,   /* int64_t;        a bare number; unit 1 */
	PARAM_POWER,   /* int64_t;        a count that is a power of two */
	PARAM_SIZE,    /* int64_t;        B KiB MiB GiB; unit B */
	PARAM_RATE,    /* double;         pps kpps Mpps; unit pps */
	PARAM_BITRATE, /* double;         bps kbps Mbps Gbps; unit bps */
	PARAM_RATIO,   /* double;         0.15 or 15%; unit 1 */
	PARAM_SWITCH,  /* bool;           on off */
	PARAM_CHOICE,  /* struct choice_value; one of the row's choices */
	PARAM_JITTER,  /* struct jitter;  see cost.h */
	PARAM_NONE     /* a choice that takes no argument */
};

/* One of the possible values of a PARAM_CHOICE: `name` or `name(argument)`.
 * Lists of them end with a NULL name. */
struct choice {
	const char *name;
	enum param_kind argument; /* PARAM_NONE, _TIME, _COUNT, _RATE, _RATIO */
	const char *min, *max;	  /* of the argument */
	const char *doc;
};

struct choice_value {
	int which; /* index into the row's choices */
	union {
		sim_time time;
		int64_t count;
		double number; /* rate, ratio */
	} arg;
};

struct param {
	const char *name; /* `packet_cost`, or `packet_cost.jitter` */
	enum param_kind kind;
	size_t offset;		     /* in the module's struct of parameters */
	const char *def, *min, *max; /* as a user would write them */
	const struct choice *choices;
	const char *source, *doc;
};

/*
 * A cost is four parameters: name (its mean), name.jitter, name.noise and
 * name.noise_time. A scenario may write `packet_cost: 0.7us` or
 * `packet_cost: {mean: 0.7us, jitter: gamma(15%)}`.
 */
#define PARAM_FIELD(kind, name, ...) PARAM_FIELD_##kind(name)
#define PARAM_FIELD_TIME(name)	     sim_time name;
#define PARAM_FIELD_COUNT(name)	     int64_t name;
#define PARAM_FIELD_POWER(name)	     int64_t name;
#define PARAM_FIELD_SIZE(name)	     int64_t name;
#define PARAM_FIELD_RATE(name)	     double name;
#define PARAM_FIELD_BITRATE(name)    double name;
#define PARAM_FIELD_RATIO(name)	     double name;
#define PARAM_FIELD_SWITCH(name)     bool name;
#define PARAM_FIELD_CHOICE(name)     struct choice_value name;
#define PARAM_FIELD_COST(name)	     struct cost_spec name;

#define PARAM_ROW(kind, name, def, min, max, source, doc)                      \
	PARAM_ROW_##kind(name, def, min, max, source, doc)
#define PARAM_ROW_(kind_, name_, def_, min_, max_, source_, doc_)              \
	{.name = #name_,                                                       \
	 .kind = PARAM_##kind_,                                                \
	 .offset = offsetof(SELF, name_),                                      \
	 .def = def_,                                                          \
	 .min = min_,                                                          \
	 .max = max_,                                                          \
	 .source = source_,                                                    \
	 .doc = doc_},
#define PARAM_ROW_TIME(...)    PARAM_ROW_(TIME, __VA_ARGS__)
#define PARAM_ROW_COUNT(...)   PARAM_ROW_(COUNT, __VA_ARGS__)
#define PARAM_ROW_POWER(...)   PARAM_ROW_(POWER, __VA_ARGS__)
#define PARAM_ROW_SIZE(...)    PARAM_ROW_(SIZE, __VA_ARGS__)
#define PARAM_ROW_RATE(...)    PARAM_ROW_(RATE, __VA_ARGS__)
#define PARAM_ROW_BITRATE(...) PARAM_ROW_(BITRATE, __VA_ARGS__)
#define PARAM_ROW_RATIO(...)   PARAM_ROW_(RATIO, __VA_ARGS__)
#define PARAM_ROW_SWITCH(name, def, min, max, source, doc)                     \
	PARAM_ROW_(SWITCH, name, def, NULL, NULL, source, doc)
/* For a choice, `min` is the list of choices and `max` is 0. */
#define PARAM_ROW_CHOICE(name_, def_, choices_, zero_, source_, doc_)          \
	{.name = #name_,                                                       \
	 .kind = PARAM_CHOICE,                                                 \
	 .offset = offsetof(SELF, name_),                                      \
	 .def = def_,                                                          \
	 .choices = choices_,                                                  \
	 .source = source_,                                                    \
	 .doc = doc_},
#define PARAM_ROW_COST(name, def, min, max, source, doc)                       \
	PARAM_COST_PART_(name, TIME, mean, "", def, min, max, source, doc)     \
	PARAM_COST_PART_(name, JITTER, jitter, ".jitter", "none", NULL, NULL,  \
			 source,                                               \
			 "Fast variation of " #name                            \
			 ": none, or kind(standard deviation).")               \
	PARAM_COST_PART_(name, RATIO, noise, ".noise", "0", "0", "2", source,  \
			 "Slow variation of " #name                            \
			 ": standard deviation of its logarithm.")             \
	PARAM_COST_PART_(name, TIME, noise_time, ".noise_time", "100ms",       \
			 "1us", "1000s", source,                               \
			 "Correlation time of the slow variation of " #name    \
			 ".")
#define PARAM_COST_PART_(name_, kind_, field_, suffix_, def_, min_, max_,      \
			 source_, doc_)                                        \
	{.name = #name_ suffix_,                                               \
	 .kind = PARAM_##kind_,                                                \
	 .offset = offsetof(SELF, name_.field_),                               \
	 .def = def_,                                                          \
	 .min = min_,                                                          \
	 .max = max_,                                                          \
	 .source = source_,                                                    \
	 .doc = doc_},

enum metric_kind {
	METRIC_COUNTER,
	METRIC_LEVEL,
	METRIC_SPAN,
	METRIC_WINDOWED,
	METRIC_NUMBER /* double, computed by the module at the end */
};

/* M(kind, name, unit, sentence); unit of what is counted, or of the level. */
struct metric {
	const char *name;
	enum metric_kind kind;
	size_t offset; /* in the module's struct of metrics */
	const char *unit, *doc;
};

#define METRIC_FIELD(kind, name, ...) METRIC_FIELD_##kind(name)
#define METRIC_FIELD_COUNTER(name)    struct counter name;
#define METRIC_FIELD_LEVEL(name)      struct level name;
#define METRIC_FIELD_SPAN(name)	      struct span name;
#define METRIC_FIELD_WINDOWED(name)   struct windowed name;
#define METRIC_FIELD_NUMBER(name)     double name;

#define METRIC_ROW(kind_, name_, unit_, doc_)                                  \
	{.name = #name_,                                                       \
	 .kind = METRIC_##kind_,                                               \
	 .offset = offsetof(SELF, name_),                                      \
	 .unit = unit_,                                                        \
	 .doc = doc_},

/* A statistic of a metric is one number of a result: `kicks.rate`. */
struct statistic {
	const char *suffix; /* "", ".rate", ".p99" … */
	const char *unit;   /* NULL: the metric's own */
	const char *doc;
};
/* The statistics of a kind; *n of them. */
const struct statistic *metric_statistics(enum metric_kind kind, unsigned *n);

/*
 * Reads `text` into the field. On failure writes one clause to why (what is
 * wrong with it, and what would be right; no place, no name) and leaves the
 * field alone.
 */
bool param_parse(const struct param *row, const char *text, void *field,
		 char *why, size_t why_size);
/* The canonical text of a field: param_parse() of it gives the same field.
 * Returns out. */
char *param_format(const struct param *row, const void *field, char *out,
		   size_t out_size);
/* The field as a number in param_unit(row). False: it is not a number
 * (switch, choice, jitter); its text is the value. */
bool param_number(const struct param *row, const void *field, double *out);
/* "ns", "1", "B", "pps", "bps", "" */
const char *param_unit(const struct param *row);
/* Sets a numeric field from a number in param_unit(row): rounded where the
 * field is an integer, to the nearest power where it is a power of two. False:
 * outside the range, or not numeric. */
bool param_set_number(const struct param *row, double number, void *field);
/* The field of `row` in a struct of parameters, and back. */
static inline void *param_field(const struct param *row, void *params)
{
	return (char *)params + row->offset;
}
/* Every row's default. Asserts that defaults parse and lie in their range. */
void params_default(const struct param *rows, unsigned n, void *params);

#define ROWS(array) (array), sizeof(array) / sizeof *(array)

#endif
