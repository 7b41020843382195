// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/system/esp_timer.html
#pragma once

#include <stdint.h>

int64_t esp_timer_get_time(void);
