// Says that a chosen file is too large before it is sent; the server says so, too.
const look = (input) => {
  const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.largest));
  input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
  if (tooLarge) input.reportValidity();
};
document.querySelectorAll("input[type=file][data-largest]").forEach((input) => {
  input.addEventListener("change", () => look(input));
  look(input); // somebody may have been faster than this script
});
