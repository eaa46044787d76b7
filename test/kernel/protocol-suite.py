"""jupyter_kernel_test for the Layerbook kernel, every sample given: nothing is skipped."""

import unittest

import jupyter_kernel_test as suite


class LayerbookTests(suite.KernelTests):
    kernel_name = "layerbook"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("잘못")'
    completion_samples = [
        {"text": "consol", "matches": {"console"}},
        {"text": "JSON.str", "matches": {"stringify"}},
        {"text": "%%writ", "matches": {"%%writefile"}},
    ]
    complete_code_samples = ["1", "const a = 1", "function f() {}", "%%dockerfile\nFROM node\n", "!ls"]
    incomplete_code_samples = ["function f() {", "const a = [1,", "`abc", "/* x"]
    invalid_code_samples = ["a b c", "}", "const = 1;"]
    code_page_something = "%help"
    code_generate_error = 'throw new Error("x")'
    code_execute_result = [
        {"code": "1+2", "result": "3"},
        {"code": "'a'+1", "result": "'a1'"},
        {"code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>' }) })", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": 'display({ "text/html": "<b>a</b>" }, { raw: true })', "mime": "text/html"},
        {"code": 'import * as tslab from "tslab"; tslab.display.html("x")', "mime": "text/html"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "JSON.stringify"
    code_clear_output = "clearOutput()"


class LayerbookWelcomeTests(suite.IopubWelcomeTests):
    kernel_name = "layerbook"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
