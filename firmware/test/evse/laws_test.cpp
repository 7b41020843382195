// What holds whatever the pins say: plausible courses of events, and plain nonsense.
#include "bench.h"

using namespace evse;
using namespace evse::test;

namespace {

// xorshift: the same courses on every machine.
class Draw {
 public:
  explicit Draw(uint32_t seed) : state_(seed * 2654435761u + 1) {}

  uint32_t below(uint32_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ % limit;
  }
  bool chance(uint32_t one_in) { return below(one_in) == 0; }
  uint64_t bits() { return uint64_t{below(0xFFFFFFFF)} << 32 | below(0xFFFFFFFF); }

 private:
  uint32_t state_;
};

// What must hold after every tick.
class Laws {
 public:
  explicit Laws(const Hardware& hardware) : plain_(hardware.kind == Kind::Plain) {}

  void check(const Controller& controller, const Inputs& in, const Command& command) {
    const Outputs& out = controller.outputs();
    const Report& report = controller.report();
    const bool closing = report.phase == Phase::Charging || report.phase == Phase::Stopping;
    REQUIRE(out.contactor_main == closing);
    if (out.contactor_l2l3) REQUIRE(out.contactor_main);
    if (out.contactor_main && !was_closed_) {
      REQUIRE(in.earth_sense);
      REQUIRE(in.supply_present);
      REQUIRE(in.temperature_valid);
      REQUIRE_FALSE(in.residual_trip);
      REQUIRE(in.mirror_main_open);
      REQUIRE(command.permitted);
      REQUIRE(command.available);
      REQUIRE(report.faults == 0);
    }
    if (out.residual_test) REQUIRE_FALSE(out.contactor_main);
    const bool pwm = out.pilot_mode == PilotMode::Pwm;
    if (pwm) REQUIRE((out.pilot_duty_ppm >= 100000 && out.pilot_duty_ppm <= 960000));
    REQUIRE((report.offered_ma == 0 || pwm || plain_));
    REQUIRE(report.energy_mwh >= energy_mwh_);
    was_closed_ = out.contactor_main;
    energy_mwh_ = report.energy_mwh;
  }

 private:
  bool plain_;
  bool was_closed_ = false;
  int64_t energy_mwh_ = 0;
};

Hardware drawn(Draw& draw) {
  Hardware hardware;
  hardware.kind = draw.chance(2) ? Kind::Tethered : draw.chance(4) ? Kind::Plain : Kind::Socket;
  hardware.lock = hardware.kind == Kind::Socket && draw.chance(2);
  hardware.phases = draw.chance(3) ? 1 : 3;
  hardware.ventilation = draw.chance(2);
  hardware.rating_ma = 6000 + draw.below(74001);
  return hardware;
}

void happen(Bench& bench, Draw& draw) {
  switch (draw.below(20)) {
    case 0:
    case 1:
    case 2:
      bench.vehicle = static_cast<PilotState>(draw.below(4));
      break;
    case 3:
      bench.vehicle = PilotState::E;
      break;
    case 4:
    case 5:
      bench.command.permitted = !draw.chance(4);
      break;
    case 6:
      bench.command.limit_ma = draw.below(40000);
      break;
    case 7:
      bench.command.available = !draw.chance(4);
      break;
    case 8:
      bench.command.phases = draw.chance(2) ? 1 : 3;
      break;
    case 9:
      ++bench.command.unlock_count;
      break;
    case 10:
      bench.acknowledge();
      break;
    case 11:
      bench.in.earth_sense = !draw.chance(4);
      break;
    case 12:
      bench.leaks = draw.chance(4);
      break;
    case 13:
      bench.voltage_mv[draw.below(3)] = draw.chance(3) ? draw.below(300000) : 230000;
      break;
    case 14:
      bench.draw(draw.below(60000));
      break;
    case 15:
      bench.in.temperature_connector_cc = static_cast<int32_t>(draw.below(9000));
      break;
    case 16:
      bench.diode = !draw.chance(4);
      break;
    case 17:
      bench.in.proximity_mv = draw.chance(3) ? static_cast<uint16_t>(draw.below(3301)) : kCable32Mv;
      break;
    case 18:
      bench.in.button_stop = draw.chance(2);
      bench.in.button_start = draw.chance(2);
      break;
    default:
      bench.in.supply_present = !draw.chance(4);
  }
}

Inputs nonsense(Draw& draw) {
  Inputs in;
  in.pilot_high_mv = static_cast<int32_t>(draw.bits());
  in.pilot_low_mv = static_cast<int32_t>(draw.bits());
  in.pilot_n_high = static_cast<uint16_t>(draw.below(3));
  in.pilot_n_low = static_cast<uint16_t>(draw.below(3));
  in.pilot_age_us = draw.chance(4) ? draw.below(0xFFFFFFFF) : 0;
  in.proximity_mv = static_cast<uint16_t>(draw.bits());
  for (int i = 0; i < 3; ++i) {
    in.cycle_n[i] = static_cast<uint16_t>(draw.bits());
    in.cycle_v2_e3[i] = static_cast<int64_t>(draw.bits() << draw.below(2));
    in.cycle_i2_e6[i] = static_cast<int64_t>(draw.bits() << draw.below(2));
    in.cycle_vi_e3[i] = draw.chance(9) ? INT64_MIN : static_cast<int64_t>(draw.bits());
    in.total_vi_mws[i] = draw.chance(9) ? INT64_MIN : static_cast<int64_t>(draw.bits() << 1);
  }
  in.frequency_mhz = static_cast<int32_t>(draw.bits());
  in.temperature_contactor_cc = draw.chance(3) ? INT32_MAX : INT32_MIN;
  in.temperature_connector_cc = static_cast<int32_t>(draw.bits());
  bool* const switches[] = {&in.residual_trip,     &in.residual_valid, &in.mirror_main_open,
                            &in.mirror_l2l3_open,  &in.lock_feedback,  &in.earth_sense,
                            &in.temperature_valid, &in.supply_present, &in.button_start,
                            &in.button_stop};
  for (bool* each : switches) *each = draw.chance(2);
  return in;
}

}  // namespace

TEST_CASE("whatever happens, nothing closes without all that closing waits for") {
  int closings = 0;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    Draw draw(seed);
    const Hardware hardware = drawn(draw);
    Bench bench(hardware);
    bench.in.proximity_mv = kCable32Mv;
    bench.plug(PilotState::C);
    bench.permit(32000);
    Laws laws(hardware);
    bool was_closed = false;
    CAPTURE(seed);
    for (int event = 0; event < 40; ++event) {
      for (uint32_t ms = draw.below(1500); ms > 0; --ms) {
        bench.run(1);
        laws.check(bench.controller, bench.in, bench.command);
        closings += bench.out().contactor_main && !was_closed;
        was_closed = bench.out().contactor_main;
      }
      happen(bench, draw);
    }
  }
  CHECK(closings > 30);  // or the courses say nothing
}

TEST_CASE("nonsense at every pin neither crashes nor closes") {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    Draw draw(seed);
    const Hardware hardware = drawn(draw);
    Controller controller(hardware);
    controller.reset(0, Memory());
    Command command;
    command.permitted = true;
    command.limit_ma = 32000;
    controller.command(command);
    Laws laws(hardware);
    for (uint64_t tick = 1; tick <= 2000; ++tick) {
      const Inputs in = nonsense(draw);
      controller.tick(tick * 1000, in);
      laws.check(controller, in, command);
      REQUIRE_FALSE(controller.outputs().contactor_main);
    }
  }
}
