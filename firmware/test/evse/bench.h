// A charger's pins on a bench: what the controller drives comes back as a good charger would have
// it.
#pragma once

#include <doctest/doctest.h>
#include <stdint.h>

#include <initializer_list>

#include "evse/controller.h"
#include "evse/limits.h"

namespace evse::test {

constexpr uint64_t kStartUs = 5 * kSecond;

// Plateaus of Table A.4 of a vehicle with nominal components.
constexpr int32_t kPlateauMv[] = {12000, 8980, 5990, 2930, 300};

class Bench {
 public:
  explicit Bench(Hardware hardware = {}, const Memory& memory = {}) : controller(hardware) {
    command.phases = hardware.phases;
    in.earth_sense = in.temperature_valid = in.supply_present = true;
    in.temperature_contactor_cc = in.temperature_connector_cc = 2500;
    in.proximity_mv = 3300;
    in.mirror_main_open = in.mirror_l2l3_open = true;
    in.frequency_mhz = 50000;
    voltage_mv[0] = 230000;
    if (hardware.phases == 3) voltage_mv[1] = voltage_mv[2] = 230000;
    controller.reset(kStartUs, memory);
    run(300);
  }

  // --- the circuit ---
  Inputs in;
  Command command;
  PilotState vehicle = PilotState::A;
  bool diode = true;
  bool stuck_open = false;  // the contactor does not close
  bool welded = false;      // nor opens
  bool main_well = false;   // and that is so of L2 and L3 only
  bool monitor_dead = false;
  bool lock_stuck = false;
  bool pilot_dead = false;
  uint32_t voltage_mv[3]{};
  uint32_t current_ma[3]{};  // flows while the contactor is closed

  // --- time ---
  uint64_t now_us = kStartUs;

  // Runs ticks for so many milliseconds.
  void run(uint64_t ms) {
    for (uint64_t i = 0; i < ms; ++i) tick();
  }

  // Runs until a condition holds, and returns the milliseconds that took; fails after `most_ms`.
  template <typename Condition>
  uint64_t until(Condition condition, uint64_t most_ms) {
    for (uint64_t ms = 0; ms <= most_ms; ++ms) {
      if (condition()) return ms;
      tick();
    }
    FAIL("not seen within " << most_ms << " ms, phase " << static_cast<int>(report().phase));
    return most_ms;
  }

  uint64_t until_phase(Phase phase, uint64_t most_ms = 20000) {
    return until([&] { return report().phase == phase; }, most_ms);
  }

  // --- what happens ---
  void plug(PilotState state = PilotState::B) { vehicle = state; }
  void permit(uint32_t limit_ma = 16000) {
    command.permitted = true;
    command.limit_ma = limit_ma;
  }
  void draw(uint32_t ma) { current_ma[0] = current_ma[1] = current_ma[2] = ma; }
  void weld_shut() { main_closed_ = welded = true; }
  void weld_l2l3_shut() { l2l3_closed_ = welded = main_well = true; }
  void acknowledge() { ++command.clear_faults_count; }

  // A vehicle that asks is plugged in, permitted, and the contactor is closed.
  void charge(uint32_t limit_ma = 16000) {
    plug(PilotState::C);
    permit(limit_ma);
    until_phase(Phase::Charging);
    draw(report().offered_ma > 0 ? report().offered_ma : limit_ma);
    run(2000);
    REQUIRE(report().faults == 0);
    REQUIRE(report().phase == Phase::Charging);
  }

  // --- what is seen ---
  const Report& report() const { return controller.report(); }
  const Outputs& out() const { return controller.outputs(); }
  Phase phase() const { return report().phase; }
  bool faulted(FaultCode code) const { return (report().faults & bit(code)) != 0; }

  Controller controller;

 private:
  void tick() {
    now_us += 1000;
    show_pilot();
    show_contactor(out().contactor_main, !main_well, main_since_us_, main_closed_,
                   in.mirror_main_open);
    show_contactor(out().contactor_l2l3, true, l2l3_since_us_, l2l3_closed_, in.mirror_l2l3_open);
    show_monitor();
    show_lock();
    if (now_us % 20000 == 0) show_cycle();
    controller.command(command);
    controller.tick(now_us, in);
  }

  void show_pilot() {
    const PilotMode mode = out().pilot_mode;
    in.pilot_age_us = pilot_dead ? in.pilot_age_us + 1000 : 500;
    if (pilot_dead) return;
    in.pilot_n_high = mode == PilotMode::SteadyNegative ? 0 : 40;
    in.pilot_n_low = mode == PilotMode::SteadyPositive ? 0 : 40;
    in.pilot_high_mv = kPlateauMv[static_cast<int>(vehicle)];
    in.pilot_low_mv = -12000;
    if (vehicle == PilotState::E) in.pilot_low_mv = -300;
    if (!diode) in.pilot_low_mv = -in.pilot_high_mv;
  }

  // Closes and opens 20 ms after its coil.
  void show_contactor(bool coil, bool ill, uint64_t& since_us, bool& closed,
                      bool& mirror_open) const {
    if (coil == closed || (ill && (coil ? stuck_open : welded))) {
      since_us = now_us;
    } else if (now_us - since_us >= 20000) {
      closed = coil;
    }
    mirror_open = !closed;
  }

  // Trips 30 ms after the test current, and ends as long after it.
  void show_monitor() {
    const bool should = out().residual_test && !monitor_dead;
    if (should == tested_) {
      tested_us_ = now_us;
    } else if (now_us - tested_us_ >= 30000) {
      tested_ = should;
    }
    in.residual_trip = tested_ || leaks;
  }

  void show_lock() {
    if (out().lock == in.lock_feedback || lock_stuck) {
      lock_us_ = now_us;
    } else if (now_us - lock_us_ >= 300000) {
      in.lock_feedback = out().lock;
    }
  }

  void show_cycle() {
    constexpr int64_t kSamples = 160;
    for (int i = 0; i < 3; ++i) {
      const bool live = i == 0 ? main_closed_ : l2l3_closed_;
      const int64_t ma = live ? current_ma[i] : 0;
      const int64_t mv = voltage_mv[i];
      in.cycle_n[i] = in.supply_present && converter ? kSamples : 0;
      in.cycle_v2_e3[i] = mv * mv / 1000 * kSamples;
      in.cycle_i2_e6[i] = ma * ma * kSamples;
      in.cycle_vi_e3[i] = mv * ma / 1000 * kSamples;
      in.total_vi_mws[i] += mv * ma / 1000 / 50;
    }
  }

 public:
  bool leaks = false;     // a residual current
  bool converter = true;  // the meter's is alive

 private:
  uint64_t main_since_us_ = 0, l2l3_since_us_ = 0, tested_us_ = 0, lock_us_ = 0;
  bool main_closed_ = false, l2l3_closed_ = false, tested_ = false;
};

inline Hardware socket_with_lock() {
  Hardware hardware;
  hardware.kind = Kind::Socket;
  hardware.lock = true;
  return hardware;
}

inline Hardware single_phase() {
  Hardware hardware;
  hardware.phases = 1;
  return hardware;
}

inline Hardware ventilated() {
  Hardware hardware;
  hardware.ventilation = true;
  return hardware;
}

inline Hardware plain_socket() {
  Hardware hardware;
  hardware.kind = Kind::Plain;
  hardware.phases = 1;
  hardware.rating_ma = 16000;
  return hardware;
}

// The proximity pilot of a cable of 32 A, 220 Ohm.
constexpr uint16_t kCable32Mv = 595;

}  // namespace evse::test
