// Counts the instructions of a control tick on a small chip (rv32imc), as an ESP32-C3 is one.
//
// Runs on qemu's machine `virt` with one instruction a step, so that the counter is exact. Prints
// `name value` lines to the serial port.
#include <stddef.h>
#include <stdint.h>

#include "charger/charger.h"
#include "front_end/mains_blocks.h"
#include "front_end/pilot_sampler.h"
#include "plant.h"

// Other types may lie where a word is read.
typedef uint32_t __attribute__((may_alias)) word;

extern "C" {

extern uint32_t stack_bottom[];
extern uint32_t stack_top[];

// What a compiler calls by itself, also freestanding: by words where both are aligned, as the
// library of a chip does it.
void* memcpy(void* to, const void* from, size_t size) {
  uint8_t* t = static_cast<uint8_t*>(to);
  const uint8_t* f = static_cast<const uint8_t*>(from);
  if (((reinterpret_cast<uintptr_t>(t) | reinterpret_cast<uintptr_t>(f)) & 3) == 0) {
    for (; size >= 4; size -= 4, t += 4, f += 4) {
      *reinterpret_cast<word*>(t) = *reinterpret_cast<const word*>(f);
    }
  }
  while (size-- > 0) *t++ = *f++;
  return to;
}

void* memset(void* to, int value, size_t size) {
  uint8_t* t = static_cast<uint8_t*>(to);
  const word four = static_cast<uint8_t>(value) * 0x01010101u;
  if ((reinterpret_cast<uintptr_t>(t) & 3) == 0) {
    for (; size >= 4; size -= 4, t += 4) *reinterpret_cast<word*>(t) = four;
  }
  while (size-- > 0) *t++ = static_cast<uint8_t>(value);
  return to;
}

int memcmp(const void* a, const void* b, size_t size) {
  const uint8_t* x = static_cast<const uint8_t*>(a);
  const uint8_t* y = static_cast<const uint8_t*>(b);
  for (; size > 0; --size, ++x, ++y) {
    if (*x != *y) return *x < *y ? -1 : 1;
  }
  return 0;
}

}  // extern "C"

namespace {

using evse::chip::Plant;

volatile uint8_t* const kUart = reinterpret_cast<volatile uint8_t*>(0x10000000);
volatile uint32_t* const kPower = reinterpret_cast<volatile uint32_t*>(0x100000);
constexpr uint32_t kOff = 0x5555;

void print(const char* text) {
  while (*text != '\0') *kUart = static_cast<uint8_t>(*text++);
}

void print(const char* name, uint32_t value) {
  char digits[11];
  int at = 10;
  digits[10] = '\0';
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  print(name);
  print(" ");
  print(digits + at);
  print("\n");
}

uint32_t instructions() {
  uint32_t count;
  asm volatile(".option push\n.option arch, +zicsr\ncsrr %0, minstret\n.option pop" : "=r"(count));
  return count;
}

// An FRAM that takes its time elsewhere: the bus is not the processor's.
class Fram final : public evse::hal::Fram {
 public:
  int size() const override { return sizeof bytes_; }
  bool read(int address, uint8_t* data, int size) override {
    memcpy(data, bytes_ + address, static_cast<size_t>(size));
    return true;
  }
  bool write(int address, const uint8_t* data, int size) override {
    memcpy(bytes_ + address, data, static_cast<size_t>(size));
    return true;
  }

 private:
  uint8_t bytes_[1024]{};
};

struct Cost {
  uint32_t ticks = 0;
  uint32_t sum = 0;
  uint32_t worst = 0;

  void count(uint32_t instructions) {
    ++ticks;
    sum += instructions;
    if (instructions > worst) worst = instructions;
  }
};

class Bench {
 public:
  Bench() : charger_(fram_, hardware(), 0) { charger_.boot(now_us_, 0); }

  void run(uint32_t ms, Cost& cost) {
    for (uint32_t i = 0; i < ms; ++i) {
      plant_.tick(charger_.controller().outputs(), in_);
      now_us_ += 1000;
      const uint32_t before = instructions();
      charger_.tick(now_us_, in_);
      cost.count(instructions() - before - overhead_);
    }
  }

  void measure_overhead() {
    const uint32_t before = instructions();
    overhead_ = instructions() - before;
  }

  void permit(bool permitted) {
    evse::Command command;
    command.permitted = permitted;
    command.limit_ma = 16000;
    command.phases = 3;
    charger_.command(command);
  }

  Plant& plant() { return plant_; }
  const evse::Report& report() const { return charger_.controller().report(); }

 private:
  static evse::Hardware hardware() {
    evse::Hardware hardware;
    hardware.kind = evse::Kind::Socket;
    hardware.lock = true;
    hardware.ventilation = true;
    return hardware;
  }

  Fram fram_;
  evse::Charger charger_;
  Plant plant_;
  evse::Inputs in_;
  uint64_t now_us_ = 1000000;
  uint32_t overhead_ = 0;
};

uint32_t stack_used() {
  const uint32_t* free = stack_bottom;
  while (free < stack_top && *free == 0x5AA5A55Au) ++free;
  return static_cast<uint32_t>((stack_top - free) * 4);
}

void print(const char* name_of_mean, const char* name_of_worst, const Cost& cost) {
  print(name_of_mean, cost.sum / cost.ticks);
  print(name_of_worst, cost.worst);
}

// Per sample, of a pilot at 32 A and of a line.
void sampling() {
  static evse::front_end::PilotSampler sampler(12000);
  uint32_t before = instructions();
  for (int i = 0; i < 8400; ++i) sampler.feed(i % 83 < 44 ? 2866 : 409);
  print("pilot_sample_mean", (instructions() - before) / 8400);
  static evse::front_end::MainsBlocks mains(3, 28);
  before = instructions();
  for (int i = 0; i < 3000; ++i) {
    mains.voltage(i % 3, static_cast<uint16_t>(i % 90 < 45 ? 3000 : 1000),
                  static_cast<uint64_t>(i) * 72);
    mains.current(i % 3, static_cast<uint16_t>(i % 90 < 45 ? 2500 : 1500));
  }
  print("line_sample_mean", (instructions() - before) / 3000);
}

}  // namespace

extern "C" int main() {
  static Bench bench;
  Cost settling;
  Cost idle;
  Cost beginning;
  Cost charging;
  Cost ending;
  bench.measure_overhead();
  bench.run(5000, settling);
  bench.run(5000, idle);
  bench.permit(true);
  bench.plant().vehicle(Plant::Vehicle::Plugged);
  bench.run(3000, beginning);
  bench.plant().vehicle(Plant::Vehicle::Ready);
  bench.run(3000, beginning);
  const bool charged = bench.report().phase == evse::Phase::Charging;
  bench.run(30000, charging);  // with three times saving the register
  bench.plant().vehicle(Plant::Vehicle::Plugged);
  bench.run(200, ending);
  const bool opened = !bench.report().closed;
  bench.plant().vehicle(Plant::Vehicle::Gone);
  bench.run(2000, ending);

  print("charged", charged);
  print("opened", opened);
  print("energy_mwh", static_cast<uint32_t>(bench.report().energy_mwh));
  print("idle_mean", "idle_worst", idle);
  print("beginning_mean", "beginning_worst", beginning);
  print("charging_mean", "charging_worst", charging);
  print("ending_mean", "ending_worst", ending);
  sampling();
  print("ram_charger", sizeof(evse::Charger));
  print("ram_pilot_sampler", sizeof(evse::front_end::PilotSampler));
  print("ram_mains_blocks", sizeof(evse::front_end::MainsBlocks));
  print("stack", stack_used());
  *kPower = kOff;
  return 0;
}
