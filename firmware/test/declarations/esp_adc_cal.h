// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/peripherals/adc.html
#pragma once

#include <stdint.h>

#include "driver/adc.h"

typedef enum { ESP_ADC_CAL_VAL_EFUSE_VREF = 0 } esp_adc_cal_value_t;
typedef struct {
  uint32_t coeff_a;
} esp_adc_cal_characteristics_t;

esp_adc_cal_value_t esp_adc_cal_characterize(adc_unit_t unit, adc_atten_t attenuation,
                                             adc_bits_width_t width, uint32_t default_vref,
                                             esp_adc_cal_characteristics_t* characteristics);
uint32_t esp_adc_cal_raw_to_voltage(uint32_t reading,
                                    const esp_adc_cal_characteristics_t* characteristics);
