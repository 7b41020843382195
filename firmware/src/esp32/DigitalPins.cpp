#include "DigitalPins.h"

#include <driver/gpio.h>
#include <esp_attr.h>
#include <soc/gpio_struct.h>

#include <initializer_list>

namespace evse::esp32 {

namespace {

enum class Pull : uint8_t { None, Up, Down };

// gpio_config also takes the pin from JTAG, which has some of them after a reset; gpio_reset_pin
// would pull a coil's driver up for a moment.
void configure(int8_t pin, gpio_mode_t mode, Pull pull) {
  gpio_config_t config = {};
  config.pin_bit_mask = 1ull << pin;
  config.mode = mode;
  config.pull_up_en = pull == Pull::Up ? GPIO_PULLUP_ENABLE : GPIO_PULLUP_DISABLE;
  config.pull_down_en = pull == Pull::Down ? GPIO_PULLDOWN_ENABLE : GPIO_PULLDOWN_DISABLE;
  ESP_ERROR_CHECK(gpio_config(&config));
}

// Pins 34 to 39 of an ESP32 have no resistors of their own: the board fits them.
bool has_pulls(int8_t pin) {
#if CONFIG_IDF_TARGET_ESP32
  return pin < 34;
#else
  return pin >= 0;
#endif
}

void make_output(int8_t pin) {
  if (pin < 0) return;
  gpio_set_level(static_cast<gpio_num_t>(pin), 0);  // Before it becomes an output.
  configure(pin, GPIO_MODE_OUTPUT, Pull::None);
}

void make_input(int8_t pin, Pull pull) {
  if (pin >= 0) configure(pin, GPIO_MODE_INPUT, has_pulls(pin) ? pull : Pull::None);
}

void set(int8_t pin, bool on) {
  if (pin >= 0) gpio_set_level(static_cast<gpio_num_t>(pin), on ? 1 : 0);
}

bool is_high(int8_t pin) {
  return pin >= 0 && gpio_get_level(static_cast<gpio_num_t>(pin)) != 0;
}

bool pressed(int8_t button) {
  return button >= 0 && gpio_get_level(static_cast<gpio_num_t>(button)) == 0;
}

}  // namespace

void DigitalPins::begin() {
  for (const int8_t pin : {board_.contactor_main, board_.contactor_l2l3, board_.lock,
                           board_.residual_test, board_.ventilation, board_.led}) {
    make_output(pin);
  }
  // A wire that has come off reads low: mirror not open, no earth, no supply. Only the trip of
  // the residual-current monitor has to read as tripped then.
  for (const int8_t pin : {board_.mirror_main, board_.mirror_l2l3, board_.lock_feedback,
                           board_.earth_sense, board_.supply_present}) {
    make_input(pin, Pull::Down);
  }
  make_input(board_.residual_trip, Pull::Up);
  make_input(board_.button_start, Pull::Up);
  make_input(board_.button_stop, Pull::Up);
}

void DigitalPins::drive(const Outputs& out) {
  set(board_.contactor_main, out.contactor_main);
  set(board_.contactor_l2l3, out.contactor_l2l3);
  set(board_.lock, out.lock);
  set(board_.residual_test, out.residual_test);
  set(board_.ventilation, out.ventilation);
}

void DigitalPins::read(Inputs& in) const {
  in.mirror_main_open = is_high(board_.mirror_main);
  in.mirror_l2l3_open = is_high(board_.mirror_l2l3);
  in.lock_feedback = is_high(board_.lock_feedback);
  in.earth_sense = is_high(board_.earth_sense);
  in.supply_present = is_high(board_.supply_present);
  in.residual_trip = is_high(board_.residual_trip);
  in.button_start = pressed(board_.button_start);
  in.button_stop = pressed(board_.button_stop);
}

namespace {

// The first 32 pins have one register, those above another.
constexpr uint32_t low_bit(int8_t pin) { return pin >= 0 && pin < 32 ? 1u << pin : 0; }
constexpr uint32_t high_bit(int8_t pin) { return pin >= 32 ? 1u << (pin - 32) : 0; }

constexpr uint32_t kCoilsLow = low_bit(kHardware.contactor_main) | low_bit(kHardware.contactor_l2l3);
static_assert(high_bit(kHardware.contactor_main) == 0 && high_bit(kHardware.contactor_l2l3) == 0,
              "coils have to be on pins below 32: one register releases them all");

}  // namespace

void IRAM_ATTR release_contactors_from_isr() {
#if CONFIG_IDF_TARGET_ESP32C3
  GPIO.out_w1tc.val = kCoilsLow;
#else
  GPIO.out_w1tc = kCoilsLow;
#endif
}

}  // namespace evse::esp32
