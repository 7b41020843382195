// The mains: when each bound is passed, for how long, and when it is over.
#include "bench.h"
#include "evse/cycles.h"
#include "evse/supply.h"

using namespace evse;

namespace {

// Cycles of given voltages, and the supply that is judged by them.
class Mains {
 public:
  explicit Mains(int lines) : cycles(lines), supply(lines) {
    in.supply_present = true;
    show(230000);
    tick(0);
    tick(kSecond);
  }

  void show(uint32_t first_mv) { show(first_mv, first_mv, first_mv); }
  void show(uint32_t first_mv, uint32_t second_mv, uint32_t third_mv) {
    const uint32_t mv[] = {first_mv, second_mv, third_mv};
    for (int i = 0; i < 3; ++i) {
      in.cycle_n[i] = 100;
      in.cycle_v2_e3[i] = int64_t{mv[i]} * mv[i] / 10;
    }
    ++in.cycle_i2_e6[0];  // another cycle, also of the same voltages
    for (int i = 0; i < 5; ++i) cycles.tick(in);
  }
  void tick(uint64_t us) { supply.tick(now_us += us, in, cycles); }
  // What is held against these voltages once they have stood for a long time.
  uint32_t after_long() {
    tick(0);
    tick(10 * kSecond);
    return supply.causes();
  }

  Inputs in;
  Cycles cycles;
  Supply supply;
  uint64_t now_us = 10 * kSecond;
};

constexpr uint32_t kUnder = bit(FaultCode::UnderVoltage);
constexpr uint32_t kOver = bit(FaultCode::OverVoltage);
constexpr uint32_t kPhase = bit(FaultCode::PhaseLost);
constexpr uint32_t kNeutral = bit(FaultCode::NeutralLost);

}  // namespace

TEST_CASE("under-voltage is below 195.5 V for 500 ms, and over at 202.4 V") {
  Mains mains(3);
  mains.show(230000, 195510, 230000);
  CHECK(mains.after_long() == 0);
  CHECK(mains.supply.good());
  mains.show(230000, 195490, 230000);
  mains.tick(0);
  CHECK_FALSE(mains.supply.good());
  mains.tick(500 * kMs - 1);
  CHECK(mains.supply.causes() == 0);
  mains.tick(1);
  CHECK(mains.supply.causes() == kUnder);
  mains.show(202390);
  CHECK(mains.after_long() == kUnder);
  mains.show(202410);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
  CHECK(mains.supply.good());
}

TEST_CASE("over-voltage is above 253 V for 100 ms, and over at 248.4 V") {
  Mains mains(3);
  mains.show(230000, 230000, 253000);
  CHECK(mains.after_long() == 0);
  CHECK(mains.supply.good());
  mains.show(230000, 230000, 253020);
  mains.tick(0);
  CHECK_FALSE(mains.supply.good());
  mains.tick(100 * kMs - 1);
  CHECK(mains.supply.causes() == 0);
  mains.tick(1);
  CHECK(mains.supply.causes() == kOver);
  mains.show(230000, 230000, 248420);
  CHECK(mains.after_long() == kOver);
  mains.show(230000, 230000, 248390);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
}

TEST_CASE("a lost neutral lifts one line above 253 V and lowers another to 220.8 V") {
  Mains mains(3);
  mains.show(253020, 230000, 220820);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
  mains.show(253000, 230000, 220790);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
  mains.show(253020, 230000, 220790);
  mains.tick(0);
  CHECK(mains.supply.causes() == kNeutral);
  // It is over when no line is above 248.4 V any more, however low one is.
  mains.show(248420, 230000, 230000);
  mains.tick(0);
  CHECK(mains.supply.causes() == kNeutral);
  mains.show(248390, 230000, 220790);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
}

TEST_CASE("with one line any voltage above 253 V is a lost neutral") {
  Mains mains(1);
  mains.show(253000);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
  mains.show(253020);
  mains.tick(0);
  CHECK(mains.supply.causes() == kNeutral);
}

TEST_CASE("a phase is lost at 115 V while another is above") {
  Mains mains(3);
  mains.show(230000, 115020, 230000);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
  mains.show(230000, 114990, 230000);
  mains.tick(0);
  CHECK(mains.supply.causes() == kPhase);
  mains.show(115000, 115000, 115020);
  mains.tick(0);
  CHECK(mains.supply.causes() == kPhase);
  mains.show(114990, 114990, 114990);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
}

TEST_CASE("a supply settles for 100 ms, and is gone after 20 ms") {
  Mains mains(3);
  mains.in.supply_present = false;
  mains.tick(1);
  CHECK_FALSE(mains.supply.settled());
  CHECK_FALSE(mains.supply.good());
  mains.tick(20 * kMs - 1);
  CHECK(mains.supply.causes() == 0);
  mains.tick(1);
  CHECK(mains.supply.causes() == kUnder);
  mains.in.supply_present = true;
  mains.tick(1);
  mains.tick(100 * kMs - 1);
  CHECK_FALSE(mains.supply.settled());
  CHECK(mains.supply.causes() == kUnder);
  mains.tick(1);
  CHECK(mains.supply.settled());
  CHECK(mains.supply.good());
  CHECK(mains.supply.causes() == 0);
}

TEST_CASE("a supply that goes takes with it what only a supply can show") {
  Mains mains(3);
  mains.show(253020, 230000, 114990);
  mains.after_long();
  CHECK(mains.supply.causes() == (kUnder | kOver | kPhase | kNeutral));
  mains.in.supply_present = false;
  mains.tick(1);
  CHECK(mains.supply.causes() == kUnder);
}

TEST_CASE("half of a sag before the supply went is forgotten with it") {
  Mains mains(3);
  mains.show(190000);
  mains.tick(0);
  mains.tick(400 * kMs);
  mains.in.supply_present = false;
  mains.tick(1);
  mains.in.supply_present = true;
  mains.tick(1);
  mains.tick(101 * kMs);
  CHECK(mains.supply.causes() == 0);
  mains.tick(500 * kMs);
  CHECK(mains.supply.causes() == kUnder);
}

TEST_CASE("half of a surge before the supply went is forgotten with it") {
  Mains mains(3);
  mains.show(260000);
  mains.tick(0);
  mains.tick(90 * kMs);
  mains.in.supply_present = false;
  mains.tick(1);
  mains.in.supply_present = true;
  mains.tick(1);
  mains.tick(100 * kMs);
  CHECK(mains.supply.causes() == 0);
  mains.tick(100 * kMs);
  CHECK(mains.supply.causes() == kOver);
}

TEST_CASE("a meter without samples neither praises nor blames the supply") {
  Mains mains(3);
  mains.in.cycle_n[1] = 0;
  for (int i = 0; i < 5; ++i) mains.cycles.tick(mains.in);
  CHECK(mains.after_long() == 0);
  CHECK_FALSE(mains.supply.good());
}

TEST_CASE("a voltage at the very bound is within it") {
  Mains mains(3);
  mains.show(195500, 253000, 230000);
  CHECK(mains.after_long() == 0);
  CHECK(mains.supply.good());
  mains.show(190000);
  CHECK(mains.after_long() == kUnder);
  mains.show(202400);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
}

TEST_CASE("a surge is over at the very 248.4 V") {
  Mains mains(3);
  mains.show(230000, 230000, 254000);
  CHECK(mains.after_long() == kOver);
  mains.show(230000, 230000, 248400);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
}

TEST_CASE("a lost neutral lowers a line to the very 220.8 V, and is over at the very 248.4 V") {
  Mains mains(3);
  mains.show(253020, 230000, 220800);
  mains.tick(0);
  CHECK(mains.supply.causes() == kNeutral);
  mains.show(248400, 230000, 220800);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
}

TEST_CASE("a phase is lost at the very 115 V, and none where no line is above") {
  Mains mains(3);
  mains.show(230000, 115000, 230000);
  mains.tick(0);
  CHECK(mains.supply.causes() == kPhase);
  mains.show(115000);
  mains.tick(0);
  CHECK(mains.supply.causes() == 0);
}

TEST_CASE("a sag that comes back counts at once for 10.01 s, and then is another one") {
  for (const uint64_t early_us : {uint64_t{0}, uint64_t{1}}) {
    for (const uint32_t mv : {199000u, 190000u}) {
      CAPTURE(early_us);
      CAPTURE(mv);
      Mains mains(3);
      mains.show(190000);
      REQUIRE(mains.after_long() == kUnder);
      mains.show(230000);
      mains.tick(1);
      REQUIRE(mains.supply.causes() == 0);
      mains.show(mv);
      mains.tick(10010 * kMs - early_us);
      CHECK(mains.supply.causes() == (early_us == 0 ? 0 : kUnder));
      // Between 195.5 and 202.4 V is no sag of its own.
      CHECK(mains.after_long() == (early_us == 0 && mv == 199000 ? 0 : kUnder));
    }
  }
}

TEST_CASE("a surge that comes back counts at once for 10.01 s, and then is another one") {
  for (const uint64_t early_us : {uint64_t{0}, uint64_t{1}}) {
    for (const uint32_t mv : {250000u, 255000u}) {
      CAPTURE(early_us);
      CAPTURE(mv);
      Mains mains(3);
      mains.show(255000);
      REQUIRE(mains.after_long() == kOver);
      mains.show(230000);
      mains.tick(1);
      REQUIRE(mains.supply.causes() == 0);
      mains.show(mv);
      mains.tick(10010 * kMs - early_us);
      CHECK(mains.supply.causes() == (early_us == 0 ? 0 : kOver));
      CHECK(mains.after_long() == (early_us == 0 && mv == 250000 ? 0 : kOver));
    }
  }
}

TEST_CASE("a supply that comes back too low has not been right in between") {
  Mains mains(3);
  mains.in.supply_present = false;
  mains.tick(1);
  mains.tick(20 * kMs);
  REQUIRE(mains.supply.causes() == kUnder);
  mains.show(199000);
  mains.in.supply_present = true;
  mains.tick(1);
  mains.tick(100 * kMs);
  CHECK(mains.supply.settled());
  CHECK(mains.supply.causes() == kUnder);
}

TEST_CASE("a meter that is silent for a moment ends no sag and no surge") {
  for (const uint32_t mv : {190000u, 255000u}) {
    const uint32_t cause = mv < 230000 ? kUnder : kOver;
    Mains mains(3);
    mains.show(mv);
    REQUIRE(mains.after_long() == cause);
    mains.in.cycle_n[1] = 0;
    for (int i = 0; i < 5; ++i) mains.cycles.tick(mains.in);
    mains.tick(kMs);
    CHECK(mains.supply.causes() == cause);
    mains.show(mv);
    mains.tick(kMs);
    CHECK(mains.supply.causes() == cause);
  }
}

TEST_CASE("a surge before an outage is not remembered after it") {
  Mains mains(3);
  mains.show(255000);
  REQUIRE(mains.after_long() == kOver);
  mains.tick(1);
  mains.in.supply_present = false;
  mains.tick(1);
  REQUIRE(mains.supply.causes() == 0);
  mains.show(250000);
  mains.in.supply_present = true;
  mains.tick(1);
  mains.tick(100 * kMs);
  REQUIRE(mains.supply.settled());
  CHECK(mains.after_long() == 0);
}
