#include "EvseController.h"

#include <Arduino.h>
#include <driver/timer.h>
#include <esp_task_wdt.h>
#include <esp_timer.h>

namespace evse::esp32 {

namespace {

constexpr timer_group_t kGroup = TIMER_GROUP_0;
constexpr timer_idx_t kTimer = TIMER_0;
constexpr uint32_t kDivider = 80;  // of 80 MHz: the timer counts microseconds
constexpr uint64_t kTickUs = 1000;
// The highest there is: on a chip with one core Wi-Fi's own tasks come after it.
constexpr UBaseType_t kPriority = configMAX_PRIORITIES - 1;
constexpr uint32_t kStackBytes = 6144;
#if CONFIG_FREERTOS_UNICORE
constexpr BaseType_t kCore = 0;
#else
constexpr BaseType_t kCore = 1;
#endif
// The dead man has opened long before; what this resets is a program that hangs.
constexpr uint32_t kWatchdogSeconds = 1;

}  // namespace

EvseController::EvseController(const HardwareConfig& board, hal::Fram& fram, I2cBus& memory_bus)
    : board_(board),
      charger_(fram, board.charger, 0),
      analog_(board),
      pins_(board),
      meter_(memory_bus) {}

const char* EvseController::begin(const front_end::LineScale (&scale)[3],
                                  uint32_t installation_ma) {
  installation_ma_ = installation_ma;
  // The core has the idle task of core 0 watched too, and there is one time-out for all. A TLS
  // handshake keeps that core for longer than ours, and is no fault.
  disableCore0WDT();
  pins_.begin();
  if (!pilot_.begin(board_.pilot_pwm)) return "the PWM channel of the control pilot";
  for (int line = 0; line < board_.lines; ++line) analog_.scale(line, scale[line]);
  meter_.scale(scale[0]);
  if (!analog_.begin()) return "the analogue converter";
  if (board_.metering_chip && !meter_.begin()) return "the metering chip";
  charger_.boot(static_cast<uint64_t>(esp_timer_get_time()), 0);
  if (xTaskCreatePinnedToCore(run, "evse", kStackBytes, this, kPriority, &task_, kCore) != pdPASS) {
    return "the control task";
  }
  return nullptr;
}

// The interrupt belongs to the core on which it was added: so the task adds it itself.
void EvseController::run(void* self) {
  EvseController& evse = *static_cast<EvseController*>(self);
  timer_config_t timer = {};
  timer.divider = kDivider;
  timer.counter_dir = TIMER_COUNT_UP;
  timer.counter_en = TIMER_PAUSE;
  timer.alarm_en = TIMER_ALARM_EN;
  timer.auto_reload = TIMER_AUTORELOAD_EN;
  ESP_ERROR_CHECK(timer_init(kGroup, kTimer, &timer));
  ESP_ERROR_CHECK(timer_set_counter_value(kGroup, kTimer, 0));
  ESP_ERROR_CHECK(timer_set_alarm_value(kGroup, kTimer, kTickUs));
  ESP_ERROR_CHECK(timer_isr_callback_add(kGroup, kTimer, on_timer, self, ESP_INTR_FLAG_IRAM));
  ESP_ERROR_CHECK(esp_task_wdt_init(kWatchdogSeconds, true));
  ESP_ERROR_CHECK(esp_task_wdt_add(nullptr));
  ESP_ERROR_CHECK(timer_start(kGroup, kTimer));
  for (;;) {
    // Ticks that were missed are one: what counts is the present.
    ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    evse.tick(static_cast<uint64_t>(esp_timer_get_time()));
    esp_task_wdt_reset();
  }
}

bool IRAM_ATTR EvseController::on_timer(void* self) {
  EvseController& evse = *static_cast<EvseController*>(self);
  if (evse.dead_man_.beat()) release_contactors_from_isr();
  BaseType_t woken = pdFALSE;
  vTaskNotifyGiveFromISR(evse.task_, &woken);
  return woken == pdTRUE;
}

void EvseController::tick(uint64_t now_us) {
  Inputs in;
  analog_.poll(now_us);
  analog_.read(now_us, in);
  if (board_.metering_chip) {
    meter_.poll(now_us);
    meter_.read(now_us, in);
  }
  pins_.read(in);
  portENTER_CRITICAL(&exchange_);
  Command command = command_;
  const bool busy = report_.closed || report_.phase == Phase::Testing ||
                    report_.phase == Phase::Charging || report_.phase == Phase::Stopping;
  held_ = hold_asked_ > 0 && (held_ || !busy);
  if (held_) command.permitted = false;
  in.tag_seq = tag_seq_;
  for (int i = 0; i < 20; ++i) in.tag_id[i] = tag_id_[i];
  portEXIT_CRITICAL(&exchange_);

  if (command.limit_ma > installation_ma_) command.limit_ma = installation_ma_;
  charger_.command(command);
  const Outputs& out = charger_.tick(now_us, in);
  pilot_.drive(out.pilot_mode, out.pilot_duty_ppm);
  pins_.drive(out);
  dead_man_.ticked();

  portENTER_CRITICAL(&exchange_);
  report_ = charger_.controller().report();
  outputs_ = out;
  portEXIT_CRITICAL(&exchange_);
  charger_.keep(now_us);
}

void EvseController::command(const Command& command) {
  portENTER_CRITICAL(&exchange_);
  command_ = command;
  portEXIT_CRITICAL(&exchange_);
}

void EvseController::show_tag(const char (&tag_id)[20]) {
  portENTER_CRITICAL(&exchange_);
  for (int i = 0; i < 20; ++i) tag_id_[i] = tag_id[i];
  ++tag_seq_;
  portEXIT_CRITICAL(&exchange_);
}

Report EvseController::report() {
  portENTER_CRITICAL(&exchange_);
  const Report report = report_;
  portEXIT_CRITICAL(&exchange_);
  return report;
}

Outputs EvseController::outputs() {
  portENTER_CRITICAL(&exchange_);
  const Outputs outputs = outputs_;
  portEXIT_CRITICAL(&exchange_);
  return outputs;
}

void EvseController::ask_to_hold(bool hold) {
  portENTER_CRITICAL(&exchange_);
  hold_asked_ += hold ? 1 : -1;
  portEXIT_CRITICAL(&exchange_);
}

bool EvseController::held() {
  portENTER_CRITICAL(&exchange_);
  const bool held = held_;
  portEXIT_CRITICAL(&exchange_);
  return held;
}

}  // namespace evse::esp32
