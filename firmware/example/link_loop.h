/* The controller's end of the co-simulation link in C (docs/link.md): greeting, grants, replies.
 * Whoever includes it has `start` and `tick` and drives `outputs`; `run_link` calls them. */
#ifndef LINK_LOOP_H
#define LINK_LOOP_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evseloop_link.h"

enum { TICK_US = 1000 };

static uint8_t outputs[OUTPUTS_BYTES], report[REPORT_BYTES]; /* as evseloop_link.h places them */
static uint8_t frame[4 + 4096], *const body = frame + 4;
static uint32_t revision;

static void start(const uint8_t *hardware, int64_t register_mwh); /* once */
static void tick(uint64_t now_us, const uint8_t *in, const uint8_t *command); /* every ms */

static uint64_t get(const uint8_t *at, int bytes) { /* little-endian */
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; --i) value = value << 8 | at[i];
  return value;
}
static void put(uint8_t *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) at[i] = (uint8_t)(value >> (8 * i));
}

static void receive_bytes(uint8_t *to, size_t size) {
  while (size > 0) {
    ssize_t got = read(STDIN_FILENO, to, size);
    if (got <= 0) exit(0); /* the twin has closed the link: the end */
    to += got;
    size -= (size_t)got;
  }
}
static uint8_t receive(void) { /* returns the type; the body is in `body` */
  receive_bytes(frame, 4);
  size_t size = get(frame + 2, 2);
  if (size > sizeof frame - 4) exit(1);
  receive_bytes(body, size);
  return frame[0];
}
static void transmit(uint8_t type, uint16_t size) {
  frame[0] = type;
  frame[1] = 1; /* one EVSE */
  put(frame + 2, size, 2);
  if (write(STDIN_FILENO, frame, size + 4u) != size + 4) exit(1);
}

static void greet(const char *name) {
  put(body, 0x4C535645, 4); /* EVSL */
  put(body + 4, LINK_VERSION, 2);
  put(body + 6, PINS_VERSION, 2);
  put(body + 8, LAYOUT_CRC, 4);
  memset(body + 12, 0, 20);
  memcpy(body + 12, name, strlen(name) < 20 ? strlen(name) : 20);
  transmit(FRAME_HELLO, 32);
}

/* Returns when the link is closed, or with 1 if the twin refuses. */
static int run_link(const char *name) {
  greet(name);
  if (receive() != FRAME_WELCOME) return 1;
  uint64_t phase_us = get(body + 16, 4);
  start(body + 20, (int64_t)get(body + 20 + HARDWARE_BYTES, 8));
  while (receive() == FRAME_GRANT) {
    uint8_t in[INPUTS_BYTES], command[COMMAND_BYTES], changed = 0;
    uint8_t outputs_before[OUTPUTS_INDICATOR], report_before[REPORT_ENERGY_MWH];
    uint64_t now_us = get(body, 8), until_us = get(body + 8, 8);
    memcpy(in, body + 16, sizeof in);
    memcpy(command, body + 16 + sizeof in, sizeof command);
    memcpy(outputs_before, outputs, sizeof outputs_before);
    memcpy(report_before, report, sizeof report_before);
    now_us += (phase_us + TICK_US - now_us % TICK_US) % TICK_US; /* the first tick */
    for (;; now_us += TICK_US) {
      tick(now_us, in, command);
      if (memcmp(outputs, outputs_before, sizeof outputs_before)) changed |= 1;
      if (memcmp(report, report_before, sizeof report_before)) changed |= 2;
      if (changed || now_us + TICK_US >= until_us) break;
    }
    revision += changed >> 1;
    put(body, now_us, 8);
    body[8] = changed;
    put(body + 9, revision, 4);
    memcpy(body + 13, outputs, sizeof outputs);
    memcpy(body + 13 + sizeof outputs, report, sizeof report);
    transmit(FRAME_REPLY, 13 + sizeof outputs + sizeof report);
  }
  return 0; /* the power is cut */
}

#endif
