/* A charger's controller in C, to be swapped for your own: the bare charging process at the
 * co-simulation link (docs/link.md). It offers, closes, follows the limit, opens and measures.
 * It protects nobody: the suites of faults find that out.
 * Build: cc -O2 -o controller controller.c -lm */
#include <math.h>

#include "link_loop.h"

enum { A, B, C, D };
enum { STEADY_TICKS = 3010, DUTY_STANDS_US = 5010000 };

static int plain, state, seen, charging, ended;
static uint32_t seen_ticks, steady_ticks = STEADY_TICKS, stopping_ticks, still_ticks;
static uint32_t offered_ma, most_ma;
static int64_t energy_mws, total_before_mws;
static uint64_t duty_since_us;

static void measure(const uint8_t *in) { /* sums over a mains cycle of n samples */
  int64_t total_mws = 0;
  most_ma = 0;
  for (int line = 0; line < 3; ++line) {
    double n = (double)get(in + INPUTS_CYCLE_N + 2 * line, 2);
    double v2 = n ? (double)(int64_t)get(in + INPUTS_CYCLE_V2_E3 + 8 * line, 8) / n : 0;
    double i2 = n ? (double)(int64_t)get(in + INPUTS_CYCLE_I2_E6 + 8 * line, 8) / n : 0;
    double vi = n ? (double)(int64_t)get(in + INPUTS_CYCLE_VI_E3 + 8 * line, 8) / n : 0;
    uint32_t current_ma = (uint32_t)sqrt(i2);
    put(report + REPORT_VOLTAGE_MV + 4 * line, (uint64_t)(sqrt(v2 / 1000) * 1000), 4);
    put(report + REPORT_CURRENT_MA + 4 * line, current_ma, 4);
    put(report + REPORT_POWER_MW + 4 * line, (uint64_t)(int64_t)vi, 4);
    if (current_ma > most_ma) most_ma = current_ma;
    total_mws += (int64_t)get(in + INPUTS_TOTAL_VI_MWS + 8 * line, 8);
  }
  energy_mws += total_mws - total_before_mws;
  total_before_mws = total_mws;
}
static void look(const uint8_t *in) { /* IEC 61851-1 Table A.4; a state counts after 20 ms */
  int32_t high_mv = (int32_t)get(in + INPUTS_PILOT_HIGH_MV, 4);
  int now = plain ? C : high_mv > 10500 ? A : high_mv > 7500 ? B : high_mv > 4500 ? C : D;
  seen_ticks = now == seen ? seen_ticks + 1 : 0;
  seen = now;
  if (seen_ticks >= 20) state = seen;
}
static uint32_t duty_ppm(uint32_t ma) { /* IEC 61851-1 Table A.7; from 51 to 52.5 A it has a gap */
  if (ma > 80000) ma = 80000;
  return ma > 52500 ? 640000 + 4 * ma : ma > 51000 ? 850000 : (uint32_t)(ma * 1000ull / 60);
}
static void offer(uint64_t now_us, int permitted, uint32_t limit_ma) {
  if (!permitted || plain || state == A) {
    steady_ticks = state == A ? STEADY_TICKS : offered_ma ? 0 : steady_ticks + 1;
    offered_ma = 0;
  } else if (offered_ma ? limit_ma != offered_ma && now_us - duty_since_us >= DUTY_STANDS_US
                        : ++steady_ticks >= STEADY_TICKS) {
    offered_ma = limit_ma; /* after 3 s of steady +12 V, then at most every 5 s (Table A.6) */
    duty_since_us = now_us;
  }
}
static void close_or_open(const uint8_t *in, int permitted) {
  int diode = get(in + INPUTS_PILOT_N_LOW, 2) && (int32_t)get(in + INPUTS_PILOT_LOW_MV, 4) < -10000;
  stopping_ticks = charging && !permitted ? stopping_ticks + 1 : 0;
  still_ticks = charging && plain && most_ma < 100 ? still_ticks + 1 : 0;
  ended = permitted && (ended || still_ticks > 60000); /* until permission is given anew */
  int drawn_down = stopping_ticks && (most_ma < 1000 || stopping_ticks > 6500);
  if (state != C || ended || drawn_down) charging = 0;
  else if (permitted && (plain || (offered_ma && diode))) charging = 1;
}
static void tick(uint64_t now_us, const uint8_t *in, const uint8_t *command) { /* every ms */
  uint32_t limit_ma = (uint32_t)get(command + COMMAND_LIMIT_MA, 4);
  int permitted = command[COMMAND_PERMITTED] && limit_ma >= 6000;
  measure(in);
  look(in);
  offer(now_us, permitted, limit_ma);
  close_or_open(in, permitted);
  outputs[OUTPUTS_PILOT_MODE] = offered_ma ? OUTPUTS_PILOT_MODE_PWM
                                           : OUTPUTS_PILOT_MODE_STEADY_POSITIVE;
  put(outputs + OUTPUTS_PILOT_DUTY_PPM, offered_ma ? duty_ppm(offered_ma) : 1000000, 4);
  outputs[OUTPUTS_CONTACTOR_MAIN] = (uint8_t)charging;
  outputs[OUTPUTS_CONTACTOR_L2L3] = charging && command[COMMAND_PHASES] == 3;
  report[REPORT_PHASE] = charging     ? REPORT_PHASE_CHARGING
                         : offered_ma ? REPORT_PHASE_OFFERING
                         : state == A ? REPORT_PHASE_IDLE
                                      : REPORT_PHASE_PLUGGED;
  report[REPORT_STATE] = (uint8_t)state;
  report[REPORT_PLUGGED] = state != A;
  report[REPORT_VEHICLE_READY] = state == C || state == D;
  report[REPORT_CLOSED] = (uint8_t)charging;
  put(report + REPORT_OFFERED_MA, offered_ma, 4);
  put(report + REPORT_ENERGY_MWH, (uint64_t)(energy_mws / 3600), 8);
}
static void start(const uint8_t *hardware, int64_t register_mwh) {
  plain = hardware[HARDWARE_KIND] == HARDWARE_KIND_PLAIN;
  energy_mws = register_mwh * 3600;
}

int main(void) { return run_link("example in C"); }
