/* SPDX-License-Identifier: MIT */
/*
 * A stage: one element of a scenario's path, made from a type.
 *
 * A type is a name, a sentence, its rows and a few functions, filled in at the
 * end of the one file that is the model. Types stand in an explicit list (in
 * the roof). Parts of the machine that no packet passes, such as kvm or QEMU's
 * main loop, are stages outside the path.
 *
 * Life of a stage: the roof allocates `size` zeroed bytes, fills in struct
 * stage and the parameters, calls build(); when all are built it connects
 * plugs; then start(). Metrics are reset at the end of the warm-up and read at
 * the end of the run by the roof, from the rows.
 */
#ifndef SIM_STAGE_H
#define SIM_STAGE_H

#include "sim/plug.h"
#include "sim/rows.h"

struct ring;

/* What a stage ends in, on either side. */
enum plug { PLUG_NONE, PLUG_PORT, PLUG_RING };

/* Whose CPU a stage's code runs on. */
enum home {
	HOME_NONE,    /* it has no task */
	HOME_GUEST,   /* the guest's vCPU */
	HOME_QEMU,    /* QEMU's main loop thread */
	HOME_KTHREAD, /* a kernel thread of the host with a CPU to itself */
	HOME_OWN,     /* an ideal CPU to itself, which wakes in no time */
	HOME_MACHINE  /* it is a part of the machine */
};

/* The guest's end of a ring. The stage fills in ring and on_call; the roof
 * fills in kick. */
struct front {
	struct ring *ring;
	struct work on_call;  /* what to do when the host calls */
	struct doorbell kick; /* guest to host */
};

/* The host's end. The stage fills in on_kick; the roof the rest. */
struct back {
	struct ring *ring;
	struct work on_kick;  /* what to do when the guest kicks */
	struct doorbell call; /* host to guest */
	bool ioeventfd;	      /* kicks are light exits; set by the stage */
};

struct stage {
	const struct stage_type *type;
	const char *name;
	struct sim *sim;
	uint16_t id; /* as in note() */

	/* Given by the roof before build(). */
	struct cpu *cpu;
	struct executor *executor;   /* HOME_QEMU: the main loop */
	struct timer_source *timers; /* HOME_QEMU: its clock */
	sim_time window, measure;    /* of the run */

	/* Plugs, according to type->in and type->out; set by build(). */
	struct port *in;
	struct front *front;
	struct back *back;
	/* The next stage's port; set by the roof after build(). */
	struct port *out;
};

struct stage_type {
	const char *name;
	const char *doc; /* one sentence, with a full stop */
	size_t size;	 /* of the struct that begins with struct stage */
	const struct param *params;
	unsigned n_params;
	size_t params_at, params_size; /* in that struct */
	const struct metric *metrics;
	unsigned n_metrics;
	size_t metrics_at;
	enum plug in, out;
	enum home home;
	void (*build)(struct stage *s);	 /* required */
	void (*start)(struct stage *s);	 /* optional: start your tasks */
	void (*finish)(struct stage *s); /* optional: fill in METRIC_NUMBERs */
	/* How many packets it holds, counted where they lie. Required of
	 * whoever can hold any. */
	uint64_t (*inside)(const struct stage *s);
	/* Of the packets it made, how many have not ended. Required of whoever
	 * makes any. Both sums over the path are equal at any time. */
	uint64_t (*made_inside)(const struct stage *s);
};

/* The rows of a struct NAME with members p and m and row tables NAME_params
 * and NAME_metrics. */
#define STAGE_ROWS(name_)                                                      \
	.params = name_##_params,                                              \
	.n_params = sizeof name_##_params / sizeof *name_##_params,            \
	.params_at = offsetof(struct name_, p),                                \
	.params_size = sizeof(struct name_##_params),                          \
	.metrics = name_##_metrics,                                            \
	.n_metrics = sizeof name_##_metrics / sizeof *name_##_metrics,         \
	.metrics_at = offsetof(struct name_, m)

/* Makes c ready; its random stream is named `<stage>.<row>`. */
void stage_cost(struct stage *s, struct cost *c, const struct cost_spec *spec,
		const char *row);

#endif
