/* A charger's controller in C, to be swapped for your own: the bare charging process at the
 * co-simulation link (docs/link.md). It offers, closes, follows the limit and opens; it protects
 * nobody, so the suites of faults find it out. Build: cc -O2 -o controller controller.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evseloop_link.h"

enum { B_MV = 7500, A_MV = 10500, FILTER_MS = 20, TICK_US = 1000 };

static uint8_t frame[4096], outputs[OUTPUTS_BYTES], report[REPORT_BYTES];
static uint32_t revision, duty_ppm, since_ms[2], steady_ms, still_ms;
static int state, seen, charging, kind;
static int64_t energy_mws, last_mws;
static uint64_t duty_us;

static uint64_t get(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  while (bytes-- > 0) value = value << 8 | at[bytes];
  return value;
}
static void put(uint8_t *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) at[i] = (uint8_t)(value >> (8 * i));
}
static void all(ssize_t (*move)(int, uint8_t *, size_t), uint8_t *data, size_t size) {
  while (size > 0) {
    ssize_t moved = move(0, data, size);
    if (moved <= 0) exit(0); /* the twin has closed the link */
    data += moved, size -= (size_t)moved;
  }
}
static ssize_t send_some(int fd, uint8_t *data, size_t size) { return write(fd, data, size); }
static ssize_t receive_some(int fd, uint8_t *data, size_t size) { return read(fd, data, size); }

static void transmit(uint8_t type, size_t size) {
  frame[0] = type, frame[1] = 1;
  put(frame + 2, size, 2);
  all(send_some, frame, size + 4);
}
static uint8_t receive(void) {
  all(receive_some, frame, 4);
  all(receive_some, frame + 4, get(frame + 2, 2));
  return frame[0];
}

/* IEC 61851-1 Table A.7, rounded down; between 51 and 52.5 A the formulas do not meet. */
static uint32_t duty_for(uint32_t ma) {
  if (ma > 80000) ma = 80000;
  if (ma > 52500) return 640000 + (uint32_t)(ma * 4ull);
  return ma > 51000 ? 850000 : (uint32_t)(ma * 1000ull / 60);
}

/* One tick of 1 ms. */
static void tick(uint64_t now_us, const uint8_t *in, const uint8_t *command) {
  int32_t high_mv = (int32_t)get(in + INPUTS_PILOT_HIGH_MV, 4);
  int32_t low_mv = (int32_t)get(in + INPUTS_PILOT_LOW_MV, 4);
  uint32_t limit_ma = (uint32_t)get(command + COMMAND_LIMIT_MA, 4);
  int permitted = command[COMMAND_PERMITTED] && limit_ma >= 6000, look = seen, was = charging;
  int plain = kind == HARDWARE_KIND_PLAIN, diode = get(in + INPUTS_PILOT_N_LOW, 2) && low_mv < -10000;
  int64_t total_mws = 0;
  double amps_e6 = 0, most_e6 = 0;
  for (int line = 0; line < 3; ++line) {
    uint64_t n = get(in + INPUTS_CYCLE_N + 2 * line, 2);
    total_mws += (int64_t)get(in + INPUTS_TOTAL_VI_MWS + 8 * line, 8);
    amps_e6 = n ? (double)get(in + INPUTS_CYCLE_I2_E6 + 8 * line, 8) / (double)n : 0;
    most_e6 = amps_e6 > most_e6 ? amps_e6 : most_e6;
  }
  energy_mws += total_mws - last_mws, last_mws = total_mws;
  seen = plain ? 2 : high_mv > A_MV ? 0 : high_mv > B_MV ? 1 : high_mv > 4500 ? 2 : 3;
  since_ms[0] = seen == look ? since_ms[0] + 1 : 0;
  if (since_ms[0] >= FILTER_MS) state = seen;
  /* A duty is kept for 5 s, and comes after 3 s of +12 V steady (IEC 61851-1 Table A.6). */
  if (!permitted || state == 0 || plain) {
    steady_ms = state == 0 ? 3010 : duty_ppm ? 0 : steady_ms + 1, duty_ppm = 0;
  } else if (++steady_ms >= 3010 && duty_ppm != duty_for(limit_ma) &&
             (duty_ppm == 0 || now_us - duty_us > 5010000)) {
    duty_ppm = duty_for(limit_ma), duty_us = now_us;
  }
  since_ms[1] = charging && !permitted ? since_ms[1] + 1 : 0;
  still_ms = charging && plain && most_e6 < 1e4 ? still_ms + 1 : 0;
  if (charging && (state != 2 || still_ms > 60000 ||
                   (!permitted && (most_e6 < 1e6 || since_ms[1] > 6500)))) charging = 0;
  else if (!charging && state == 2 && permitted && !still_ms && was == 0 &&
           (plain ? outputs[OUTPUTS_DISPLAY_1] == 0 : duty_ppm && diode)) charging = 1;
  if (was && !charging) outputs[OUTPUTS_DISPLAY_1] = plain ? '.' : 0;
  outputs[OUTPUTS_PILOT_MODE] = duty_ppm ? OUTPUTS_PILOT_MODE_PWM : OUTPUTS_PILOT_MODE_STEADY_POSITIVE;
  put(outputs + OUTPUTS_PILOT_DUTY_PPM, duty_ppm ? duty_ppm : 1000000, 4);
  outputs[OUTPUTS_CONTACTOR_MAIN] = (uint8_t)charging;
  outputs[OUTPUTS_CONTACTOR_L2L3] = charging && command[COMMAND_PHASES] == 3;
  report[REPORT_PHASE] = charging ? REPORT_PHASE_CHARGING : duty_ppm ? REPORT_PHASE_OFFERING
                         : state  ? REPORT_PHASE_PLUGGED  : REPORT_PHASE_IDLE;
  report[REPORT_STATE] = (uint8_t)state, report[REPORT_CLOSED] = (uint8_t)charging;
  report[REPORT_PLUGGED] = state > 0, report[REPORT_VEHICLE_READY] = state > 1;
  put(report + REPORT_OFFERED_MA, duty_ppm ? limit_ma : 0, 4);
  put(report + REPORT_ENERGY_MWH, (uint64_t)(energy_mws / 3600), 8);
}

int main(void) {
  static uint8_t outputs_were[OUTPUTS_DISPLAY_1], report_was[REPORT_ENERGY_MWH];
  memcpy(frame + 4, "EVSL", 4), put(frame + 8, LINK_VERSION, 2), put(frame + 10, PINS_VERSION, 2);
  put(frame + 12, LAYOUT_CRC, 4), memcpy(frame + 16, "example in C", 13);
  transmit(FRAME_HELLO, 32);
  if (receive() != FRAME_WELCOME) return 1;
  uint64_t phase_us = get(frame + 20, 4);
  kind = frame[24 + HARDWARE_KIND], steady_ms = 3010;
  energy_mws = (int64_t)get(frame + 24 + HARDWARE_BYTES, 8) * 3600;
  while (receive() == FRAME_GRANT) {
    static uint8_t in[INPUTS_BYTES], command[COMMAND_BYTES];
    uint64_t now_us = get(frame + 4, 8), until_us = get(frame + 12, 8), changed = 0;
    memcpy(in, frame + 20, sizeof in), memcpy(command, frame + 20 + INPUTS_BYTES, sizeof command);
    now_us += (phase_us + TICK_US - now_us % TICK_US) % TICK_US;
    for (;; now_us += TICK_US) {
      tick(now_us, in, command);
      changed = (memcmp(outputs, outputs_were, sizeof outputs_were) ? 1u : 0u) |
                (memcmp(report, report_was, sizeof report_was) ? 2u : 0u);
      if (changed || now_us + TICK_US >= until_us) break;
    }
    memcpy(outputs_were, outputs, sizeof outputs_were), memcpy(report_was, report, sizeof report_was);
    revision += (changed & 2) != 0;
    put(frame + 4, now_us, 8), frame[12] = (uint8_t)changed, put(frame + 13, revision, 4);
    memcpy(frame + 17, outputs, OUTPUTS_BYTES), memcpy(frame + 17 + OUTPUTS_BYTES, report, REPORT_BYTES);
    transmit(FRAME_REPLY, 13 + OUTPUTS_BYTES + REPORT_BYTES);
  }
  return 0;
}
