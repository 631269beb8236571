/* SPDX-License-Identifier: MIT */
/*
 * Linux's network stack as packets feel it: what each costs on its way between
 * the protocols above and the device, or the link, below. Each thread above
 * that sends has a way of its own through it.
 *
 * What arrives is handled in the context that brings it, a softirq. TCP above
 * does its work there. A program that reads datagrams (`read_in: thread`) does
 * not: they wait for its thread in the socket's buffer, and those that find it
 * full are lost.
 */
#ifndef HYPERVISOR_LINUX_STACK_H
#define HYPERVISOR_LINUX_STACK_H

#include "sim/stage.h"

enum { READ_IN_SOFTIRQ, READ_IN_THREAD };
extern const struct choice linux_reads[];

#define STACK_PARAMS(P)                                                        \
	P(COST, send_cost, "2us", "0ns", "1ms", "guess",                       \
	  "What a data packet takes of the stack on its way out.")             \
	P(COST, receive_cost, "1.5us", "0ns", "1ms", "guess",                  \
	  "What a data packet takes of the stack on its way in.")              \
	P(COST, small_send_cost, "1us", "0ns", "1ms", "guess",                 \
	  "The same on the way out for a packet up to 128 B.")                 \
	P(COST, small_receive_cost, "0.5us", "0ns", "1ms", "guess",            \
	  "The same on the way in for a packet up to 128 B.")                  \
	P(COST, copy_out, "0ns", "0ns", "1ms", "guess",                        \
	  "What each KiB takes from the program's memory into a packet.")      \
	P(COST, copy_in, "0ns", "0ns", "1ms", "guess",                         \
	  "What each KiB takes from a packet into the program's memory.")      \
	P(CHOICE, read_in, "softirq", linux_reads, 0,                          \
	  "Linux 3.6 net/ipv4/tcp_ipv4.c, net/ipv4/udp.c",                     \
	  "Where what arrives is handed to what stands above.")                \
	P(COST, read_cost, "1us", "0ns", "1ms", "guess",                       \
	  "With read_in: thread, what recvfrom() takes beside the copy.")      \
	P(COST, wake_cost, "1us", "0ns", "1ms", "guess",                       \
	  "With read_in: thread, what it takes the softirq to wake a program " \
	  "that waits.")                                                       \
	P(SIZE, rcvbuf, "212992B", "1B", "1GiB",                               \
	  "Linux net/core/sock.c, SK_RMEM_MAX",                                \
	  "With read_in: thread, the socket's buffer; a packet counts as "     \
	  "whole pages.")

#define STACK_METRICS(M)                                                       \
	M(COUNTER, packets_out, "1", "Packets sent down.")                     \
	M(COUNTER, packets_in, "1", "Packets that arrived.")                   \
	M(COUNTER, wakes, "1",                                                 \
	  "With read_in: thread, times a waiting program was woken.")          \
	M(COUNTER, socket_drops, "1",                                          \
	  "Packets that found the socket's buffer full.")

struct stack_conf {
	const struct cost_spec *send, *receive, *small_send, *small_receive;
	const struct cost_spec *copy_out, *copy_in, *read, *wake;
	bool thread;
	int64_t rcvbuf;
	struct counter *out, *in, *wakes, *drops;
};

/* From rows and metrics that have these among them. */
#define STACK_CONF(p, m)                                                       \
	((struct stack_conf){&(p)->send_cost, &(p)->receive_cost,              \
			     &(p)->small_send_cost, &(p)->small_receive_cost,  \
			     &(p)->copy_out, &(p)->copy_in, &(p)->read_cost,   \
			     &(p)->wake_cost,                                  \
			     (p)->read_in.which == READ_IN_THREAD,             \
			     (p)->rcvbuf, &(m)->packets_out, &(m)->packets_in, \
			     &(m)->wakes, &(m)->socket_drops})

struct linux_port;

struct linux_stack {
	struct stage *stage;
	struct stack_conf conf;
	struct cost send, receive, small_send, small_receive;
	struct cost copy_out, copy_in, read, wake;
	struct nic nic;
	struct port rx; /* from below */
	struct linux_port *ports;
	/* The socket. */
	struct packet *head, *tail;
	int64_t filled; /* bytes */
	struct packet *reading;
	struct task reader;
	struct signal readable;
};

/* Fills in the stage's nic and rx. */
void linux_stack_build(struct linux_stack *l, struct stage *s,
		       const struct stack_conf *conf);
void linux_stack_start(struct linux_stack *l);
uint64_t linux_stack_inside(const struct linux_stack *l);

#endif
