// Says that a chosen file is too large before it is sent; the server says so, too.
document.querySelectorAll("input[type=file][data-largest]").forEach((input) => {
  input.addEventListener("change", () => {
    const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.largest));
    input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
    input.reportValidity();
  });
});
