// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/peripherals/timer.html
#pragma once

#include <stdint.h>

#include "esp_err.h"

#define ESP_INTR_FLAG_IRAM (1 << 10)

typedef enum { TIMER_GROUP_0 = 0 } timer_group_t;
typedef enum { TIMER_0 = 0 } timer_idx_t;
typedef enum { TIMER_COUNT_DOWN = 0, TIMER_COUNT_UP = 1 } timer_count_dir_t;
typedef enum { TIMER_PAUSE = 0, TIMER_START = 1 } timer_start_t;
typedef enum { TIMER_ALARM_DIS = 0, TIMER_ALARM_EN = 1 } timer_alarm_t;
typedef enum { TIMER_INTR_LEVEL = 0 } timer_intr_mode_t;
typedef enum { TIMER_AUTORELOAD_DIS = 0, TIMER_AUTORELOAD_EN = 1 } timer_autoreload_t;
typedef bool (*timer_isr_t)(void*);

typedef struct {
  timer_alarm_t alarm_en;
  timer_start_t counter_en;
  timer_intr_mode_t intr_type;
  timer_count_dir_t counter_dir;
  timer_autoreload_t auto_reload;
  uint32_t divider;
} timer_config_t;

esp_err_t timer_init(timer_group_t group_num, timer_idx_t timer_num, const timer_config_t* config);
esp_err_t timer_set_counter_value(timer_group_t group_num, timer_idx_t timer_num,
                                  uint64_t load_val);
esp_err_t timer_set_alarm_value(timer_group_t group_num, timer_idx_t timer_num,
                                uint64_t alarm_value);
esp_err_t timer_isr_callback_add(timer_group_t group_num, timer_idx_t timer_num,
                                 timer_isr_t isr_handler, void* arg, int intr_alloc_flags);
esp_err_t timer_start(timer_group_t group_num, timer_idx_t timer_num);
