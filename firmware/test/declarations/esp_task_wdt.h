// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/system/wdts.html
#pragma once

#include <stdint.h>

#include "esp_err.h"
#include "freertos/task.h"

esp_err_t esp_task_wdt_init(uint32_t timeout, bool panic);  // seconds
esp_err_t esp_task_wdt_add(TaskHandle_t handle);
esp_err_t esp_task_wdt_reset(void);
