/** InvalidBaseImagePlatform: the base image is of another platform than asked for. */

import { goQuote } from "../go-text";
import type { Rule } from "./rule";

export const invalidBaseImagePlatform: Rule<[image: string, expected: string, actual: string]> = {
  name: "InvalidBaseImagePlatform",
  description: "Base image platform does not match expected target platform",
  url: "",
  experimental: false,
  format: (image, expected, actual) =>
    `Base image ${image} was pulled with platform ${goQuote(actual)}, expected ${goQuote(expected)} for current build`,
  why: {
    ko: "베이스 이미지의 플랫폼이 만들려는 플랫폼과 다릅니다. 그 안의 프로그램은 대상 기계에서 실행되지 않거나 에뮬레이션으로 느리게 돕니다.",
    en: "The base image is for another platform than the build, so that its programs do not run on the target, or only slowly under emulation.",
  },
  how: {
    ko: "맞는 플랫폼이 있는 이미지를 쓰거나 `--platform`을 베이스 이미지에 맞추세요.",
    en: "Use an image that has the platform, or set `--platform` to what the image has.",
  },
};
